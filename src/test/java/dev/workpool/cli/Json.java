package dev.workpool.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads lines of flat JSON objects. */
final class Json {
    private Json() {}

    static List<Map<String, Object>> lines(String ndjson) throws IOException {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (String line : ndjson.lines().toList()) {
            objects.add(object(line));
        }
        return objects;
    }

    private static Map<String, Object> object(String line) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                Object value = parser.currentToken().isNumeric() ? (Object) parser.getNumberValue() : parser.getText();
                object.put(field, value);
            }
            if (parser.nextToken() != null) {
                throw new IOException("more than an object in: " + line);
            }
        }
        return object;
    }
}
