package dev.workpool.codec;

/** Bytes as they are. */
final class BytesCodec implements JobCodec<byte[]> {
    static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public String name() {
        return "bytes";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public byte[] encode(byte[] value) {
        return value.clone();
    }

    @Override
    public byte[] decode(int version, byte[] bytes) {
        return bytes;
    }

    @Override
    public String toString() {
        return "JobCodec(bytes)";
    }
}
