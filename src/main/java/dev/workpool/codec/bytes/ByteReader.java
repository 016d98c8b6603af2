package dev.workpool.codec.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what a {@link ByteWriter} wrote. Bytes that end too soon are a {@link DamagedBlock}. Not thread-safe. */
public final class ByteReader {
    private final byte[] bytes;
    private int at;

    public ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    public int position() {
        return at;
    }

    public boolean isAtEnd() {
        return at == bytes.length;
    }

    public int getByte() {
        if (at >= bytes.length) {
            throw new DamagedBlock("it ends after " + bytes.length + " bytes");
        }
        return bytes[at++] & 0xFF;
    }

    public long getNumber() {
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

    /** A number of a range; what is beyond it is damaged. */
    public long getNumber(long least, long most) {
        long value = getNumber();
        if (value < least || value > most) {
            throw new DamagedBlock("a number of " + value + " before " + at + "; allowed: " + least + " to " + most);
        }
        return value;
    }

    /** Of something that takes at least so many bytes from here. */
    public int getSize() {
        long size = getNumber();
        if (size < 0 || size > bytes.length - at) {
            throw new DamagedBlock("a size of " + size + " at " + at + " of " + bytes.length + " bytes");
        }
        return (int) size;
    }

    public byte[] getBytes(int size) {
        skip(size);
        return Arrays.copyOfRange(bytes, at - size, at);
    }

    /** Leaves bytes out. */
    public void skip(int size) {
        if (size < 0 || size > bytes.length - at) {
            throw new DamagedBlock("a size of " + size + " at " + at + " of " + bytes.length + " bytes");
        }
        at += size;
    }

    public byte[] getBlock() {
        return getBytes(getSize());
    }

    public String getText() {
        return new String(getBlock(), StandardCharsets.UTF_8);
    }
}
