package dev.workpool.testkit;

import akka.serialization.JSerializer;

/** In the place of a serializer that has a timer, and that a test on one thread has no use for. Made by Akka. */
final class UnusedSerializer extends JSerializer {
    private static final int IDENTIFIER = 1_987_261_645;

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public boolean includeManifest() {
        return false;
    }

    @Override
    public byte[] toBinary(Object message) {
        throw new UnsupportedOperationException("in virtual time nothing is sent to other nodes");
    }

    @Override
    public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
        throw new UnsupportedOperationException("in virtual time nothing comes from other nodes");
    }
}
