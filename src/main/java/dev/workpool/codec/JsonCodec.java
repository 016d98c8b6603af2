package dev.workpool.codec;

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

    private JsonCodec(String name, ObjectReader reader, ObjectWriter writer) {
        this.name = name;
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * A codec with the modules that are on the class path, which ignores unknown properties.
     *
     * @param type what to decode to; its simple name is the codec's name
     * @param <T> the type
     * @return a codec of version 1
     */
    public static <T> JsonCodec<T> of(Class<T> type) {
        return of(
                type,
                new ObjectMapper().findAndRegisterModules().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
    }

    /**
     * A codec with a mapper of the application's own.
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
        return writer.writeValueAsBytes(value);
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
