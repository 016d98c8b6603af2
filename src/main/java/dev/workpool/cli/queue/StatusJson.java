package dev.workpool.cli.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.workpool.cli.console.JsonWriter;
import dev.workpool.cli.console.Sink;
import dev.workpool.durable.job.QueueHolder;
import dev.workpool.durable.job.QueueStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/** The queues of a store as one line of JSON, whose shape the page documents. */
final class StatusJson {
    private StatusJson() {}

    static void write(Sink out, String store, List<QueueStatus> queues) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(new JsonWriter(out))) {
            json.setPrettyPrinter(new MinimalPrettyPrinter(""));
            json.writeStartObject();
            json.writeStringField("store", store);
            json.writeArrayFieldStart("queues");
            for (QueueStatus each : queues) {
                write(json, each);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, QueueStatus queue) throws IOException {
        json.writeStartObject();
        json.writeStringField("queue", queue.name());
        json.writeBooleanField("paused", queue.stats().paused());
        json.writeNumberField("depth", queue.stats().depth());
        json.writeNumberField("waiting", queue.stats().waiting());
        json.writeNumberField("scheduled", queue.stats().scheduled());
        json.writeNumberField("held", queue.stats().claimed());
        json.writeNumberField("dead", queue.stats().dead());
        json.writeNumberField("oldestDueSeconds", seconds(queue.stats().oldestWaiting()));
        write(json, "inPerSecond", queue.inPerSecond());
        write(json, "outPerSecond", queue.outPerSecond());
        json.writeArrayFieldStart("codecs");
        for (String each : queue.codecs()) {
            json.writeString(each);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("holders");
        for (QueueHolder each : queue.holders()) {
            write(json, each);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QueueHolder holder) throws IOException {
        json.writeStartObject();
        json.writeStringField("owner", holder.owner());
        json.writeStringField("pool", holder.pool());
        json.writeStringField("host", holder.host());
        if (holder.pid().isPresent()) {
            json.writeNumberField("pid", holder.pid().getAsLong());
        } else {
            json.writeNullField("pid");
        }
        json.writeNumberField("jobs", holder.jobs());
        json.writeNumberField("leaseSeconds", seconds(holder.lease()));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String field, OptionalDouble rate) throws IOException {
        if (rate.isPresent()) {
            json.writeNumberField(field, BigDecimal.valueOf(rate.getAsDouble()).setScale(3, RoundingMode.HALF_UP));
        } else {
            json.writeNullField(field);
        }
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3);
    }
}
