package dev.workpool.cli.cluster;

import dev.workpool.codec.JobCodec;

/**
 * A codec for one end of a way that is used in one direction: jobs go to workers, and reports come from them. Thread-safe, as its
 * functions have to be.
 */
final class OneWayCodec<T> implements JobCodec<T> {
    private static final int VERSION = 1;

    private final String name;
    private final Encoder<T> encoder;
    private final Decoder<T> decoder;

    /** Writes. */
    interface Encoder<T> {
        byte[] encode(T value) throws Exception;
    }

    /** Reads. */
    interface Decoder<T> {
        T decode(byte[] bytes) throws Exception;
    }

    private OneWayCodec(String name, Encoder<T> encoder, Decoder<T> decoder) {
        this.name = name;
        this.encoder = encoder;
        this.decoder = decoder;
    }

    /** The end where values are written. */
    static <T> JobCodec<T> writing(String name, Encoder<T> encoder) {
        return new OneWayCodec<>(name, encoder, bytes -> {
            throw new UnsupportedOperationException(name + " is not read at this end");
        });
    }

    /** The end where values are read. */
    static <T> JobCodec<T> reading(String name, Decoder<T> decoder) {
        return new OneWayCodec<>(
                name,
                value -> {
                    throw new UnsupportedOperationException(name + " is not written at this end");
                },
                decoder);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public byte[] encode(T value) throws Exception {
        return encoder.encode(value);
    }

    @Override
    public T decode(int version, byte[] bytes) throws Exception {
        return decoder.decode(bytes);
    }

    @Override
    public String toString() {
        return "JobCodec(" + name + ")";
    }
}
