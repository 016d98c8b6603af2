package dev.workpool.cli.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.workpool.cli.console.JsonWriter;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.queue.work.QueuedCommand;
import dev.workpool.durable.job.DeadLetter;
import dev.workpool.durable.job.DeadLetterGroup;
import java.io.IOException;

/** The dead letters of a queue as one line of JSON, whose shape the page documents. They are written as they come. */
final class DeadJson implements AutoCloseable {
    private final JsonGenerator json;

    /**
     * Begins the line.
     *
     * @param what the name of the array that the rest is in
     */
    DeadJson(Sink out, String store, String queue, String what) throws IOException {
        json = new JsonFactory().createGenerator(new JsonWriter(out));
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT); // of a line that is not whole there is no end
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
        json.writeStartObject();
        json.writeStringField("store", store);
        json.writeStringField("queue", queue);
        json.writeArrayFieldStart(what);
    }

    void add(DeadLetterGroup group, String error) throws IOException {
        json.writeStartObject();
        json.writeNumberField("count", group.count());
        json.writeStringField("oldest", group.oldest().toString());
        json.writeStringField("newest", group.newest().toString());
        json.writeNumberField("id", group.sample());
        json.writeStringField("error", error);
        json.writeEndObject();
    }

    void add(DeadLetter<QueuedCommand> letter, String error) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", letter.id());
        json.writeNumberField("batch", letter.batch());
        json.writeStringField("failed", letter.died().toString());
        json.writeNumberField("attempts", letter.attempts());
        json.writeNumberField("strikes", letter.strikes());
        json.writeStringField("error", error);
        if (letter.job().isPresent()) {
            json.writeStringField("input", letter.job().get().job().input().name());
            json.writeStringField("command", letter.job().get().shown());
        } else {
            json.writeNullField("input");
            json.writeNullField("command");
        }
        json.writeEndObject();
    }

    /** Ends the line. */
    void end() throws IOException {
        json.writeEndArray();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
