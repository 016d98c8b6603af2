package dev.workpool.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.JsonWriter;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Input;
import java.io.IOException;
import java.math.BigDecimal;

/** Every job, however it ended, as a JSON object in a line of its own on standard output. */
public final class NdjsonReport implements Report {
    private final Console console;
    private final JsonGenerator json;

    public NdjsonReport(Sink out, Console console) throws IOException {
        this.console = console;
        this.json = new JsonFactory().createGenerator(new JsonWriter(out));
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
    }

    @Override
    public void show(Ending ending) throws IOException {
        json.writeStartObject();
        Input input = ending.job().input();
        json.writeStringField("input", input.name());
        if (input.values().size() > 1) {
            json.writeArrayFieldStart("values");
            for (String value : input.values()) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
        json.writeStringField("outcome", ending.kind().toString());
        if (ending.result() != null) {
            ending.result().writeFields(json);
        }
        if (!ending.message().isEmpty()) {
            json.writeStringField("error", ending.message());
        }
        json.writeNumberField("attempts", ending.job().attempts());
        json.writeNumberField("seconds", BigDecimal.valueOf(ending.job().nanos() / 1000, 6));
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
        if (ending.result() != null) {
            ending.result().writeErrors(console);
        }
    }
}
