package dev.workpool.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.util.Objects;

/**
 * JSON by Jackson, for a type of jobs. Immutable and thread-safe. {@link JobCodec#json} is the short way; this class
 * takes a mapper of the application's own.
 *
 * @param <T> the type
 */
public final class JsonCodec<T> implements JobCodec<T> {
    private final String name;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    /** What is no longer than this is within all limits of the reader. */
    private final int uncheckedBytes;

    private JsonCodec(String name, ObjectReader reader, ObjectWriter writer) {
        this.name = name;
        this.reader = reader;
        this.writer = writer;
        StreamReadConstraints limits = reader.getFactory().streamReadConstraints();
        this.uncheckedBytes = Math.min(
                Math.min(limits.getMaxNumberLength(), limits.getMaxStringLength()),
                Math.min(limits.getMaxNameLength(), limits.getMaxNestingDepth()));
    }

    /** Reads whatever it writes: Jackson's limits are for JSON of strangers, and would fail a job that is stored already. */
    private static JsonFactory unlimited() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNestingDepth(StreamWriteConstraints.defaults().getMaxNestingDepth())
                        .build())
                .build();
    }

    /**
     * A codec with the modules that are on the class path, which ignores unknown properties. It reads numbers, strings and
     * names of any length. What is nested deeper than Jackson writes, 1000 levels, cannot be encoded.
     *
     * @param type what to decode to; its simple name is the codec's name
     * @param <T> the type
     * @return a codec of version 1
     */
    public static <T> JsonCodec<T> of(Class<T> type) {
        return of(
                type,
                new ObjectMapper(unlimited())
                        .findAndRegisterModules()
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
    }

    /**
     * A codec with a mapper of the application's own. What is beyond the limits of its reader, such as a number of more than
     * 1000 digits, cannot be encoded, since it could not be decoded.
     *
     * @param type what to decode to; its simple name is the codec's name
     * @param mapper reads and writes it; it must not be configured any more afterwards
     * @param <T> the type
     * @return a codec of version 1
     */
    public static <T> JsonCodec<T> of(Class<T> type, ObjectMapper mapper) {
        Objects.requireNonNull(type, "type");
        return new JsonCodec<>(
                "json:" + type.getSimpleName(),
                mapper.readerFor(type),
                type == Void.class ? mapper.writer() : mapper.writerFor(type));
    }

    /**
     * The same codec under another name: two classes may have the same simple name, and a class may be renamed.
     *
     * @param otherName 1 to 200 characters
     * @return a changed codec
     */
    public JsonCodec<T> withName(String otherName) {
        return new JsonCodec<>(Objects.requireNonNull(otherName, "name"), reader, writer);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public byte[] encode(T value) throws IOException {
        byte[] bytes = writer.writeValueAsBytes(value);
        if (bytes.length > uncheckedBytes) {
            checkLimits(bytes);
        }
        return bytes;
    }

    /** Fails with what names the limit. */
    private void checkLimits(byte[] bytes) throws IOException {
        StreamReadConstraints limits = reader.getFactory().streamReadConstraints();
        try (JsonParser parser = reader.getFactory().createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    int length = parser.getTextLength();
                    if (token == JsonToken.VALUE_STRING) {
                        limits.validateStringLength(length);
                    } else if (length > limits.getMaxNumberLength()) {
                        limits.validateIntegerLength(digits(parser.getText()));
                    }
                }
            }
        }
    }

    private static int digits(String number) {
        return (int) number.chars().filter(Character::isDigit).count();
    }

    @Override
    public T decode(int version, byte[] bytes) throws IOException {
        return reader.readValue(bytes);
    }

    @Override
    public String toString() {
        return "JobCodec(" + name + ")";
    }
}
