package dev.workpool.durable.internal.segment;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what a {@link ByteWriter} wrote. Bytes that end too soon are a {@link DamagedBlock}. Not thread-safe. */
final class ByteReader {
    private final byte[] bytes;
    private int at;

    ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return at;
    }

    boolean isAtEnd() {
        return at == bytes.length;
    }

    int getByte() {
        if (at >= bytes.length) {
            throw new DamagedBlock("it ends after " + bytes.length + " bytes");
        }
        return bytes[at++] & 0xFF;
    }

    long getNumber() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = getByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new DamagedBlock("a number at " + at + " has no end");
    }

    /** Of something that takes at least so many bytes from here. */
    int getSize() {
        long size = getNumber();
        if (size < 0 || size > bytes.length - at) {
            throw new DamagedBlock("a size of " + size + " at " + at + " of " + bytes.length + " bytes");
        }
        return (int) size;
    }

    byte[] getBytes(int size) {
        if (size > bytes.length - at) {
            throw new DamagedBlock("a size of " + size + " at " + at + " of " + bytes.length + " bytes");
        }
        byte[] block = Arrays.copyOfRange(bytes, at, at + size);
        at += size;
        return block;
    }

    byte[] getBlock() {
        return getBytes(getSize());
    }

    String getText() {
        return new String(getBlock(), StandardCharsets.UTF_8);
    }
}
