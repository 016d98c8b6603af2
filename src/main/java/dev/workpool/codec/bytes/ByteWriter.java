package dev.workpool.codec.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A growing array of bytes. Numbers take as many bytes as they need, seven bits in each. Not thread-safe. */
public final class ByteWriter {
    private byte[] bytes;
    private int size;

    public ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    public int size() {
        return size;
    }

    /** Forgets what was written. */
    public void clear() {
        size = 0;
    }

    public void putByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    /** For numbers that are not negative. */
    public void putNumber(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    public void putBytes(byte[] value) {
        putBytes(value, 0, value.length);
    }

    public void putBytes(byte[] value, int from, int length) {
        ensure(length);
        System.arraycopy(value, from, bytes, size, length);
        size += length;
    }

    /** With its length before it. */
    public void putBlock(byte[] value) {
        putNumber(value.length);
        putBytes(value);
    }

    public void putText(String value) {
        putBlock(value.getBytes(StandardCharsets.UTF_8));
    }

    public void putAll(ByteWriter other) {
        putBytes(other.bytes, 0, other.size);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** What was written, and after it others' bytes, which are copied once. */
    public byte[] toBytes(List<byte[]> after) {
        long length = size;
        for (byte[] each : after) {
            length += each.length;
        }
        byte[] all = Arrays.copyOf(bytes, Math.toIntExact(length));
        int at = size;
        for (byte[] each : after) {
            System.arraycopy(each, 0, all, at, each.length);
            at += each.length;
        }
        return all;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            // Computed as a long, so that what is too large fails as such and not as a negative size.
            long needed = Math.max((long) size + more, bytes.length + (long) (bytes.length >> 1));
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(needed, 16), Integer.MAX_VALUE - 8));
        }
    }
}
