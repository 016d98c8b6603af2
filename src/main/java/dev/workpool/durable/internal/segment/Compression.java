package dev.workpool.durable.internal.segment;

import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Deflates a block if that makes it smaller. The first byte tells whether it was done. */
final class Compression {
    private static final int AS_IT_IS = 0;
    private static final int DEFLATED = 1;

    private Compression() {}

    /**
     * Frames a block.
     *
     * @param from the size in bytes from which on it is tried
     */
    static byte[] pack(ByteWriter block, int from) {
        byte[] raw = block.toBytes();
        if (raw.length >= from) {
            byte[] deflated = deflate(raw);
            if (deflated.length < raw.length) {
                return deflated;
            }
        }
        ByteWriter framed = new ByteWriter(raw.length + 1);
        framed.putByte(AS_IT_IS);
        framed.putBytes(raw);
        return framed.toBytes();
    }

    private static byte[] deflate(byte[] raw) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(raw);
            deflater.finish();
            ByteWriter framed = new ByteWriter(raw.length / 2 + 16);
            framed.putByte(DEFLATED);
            framed.putNumber(raw.length);
            byte[] buffer = new byte[Math.min(8192, raw.length + 16)];
            while (!deflater.finished()) {
                framed.putBytes(buffer, 0, deflater.deflate(buffer));
            }
            return framed.toBytes();
        } finally {
            deflater.end();
        }
    }

    static ByteReader unpack(byte[] framed) {
        ByteReader reader = new ByteReader(framed);
        int form = reader.getByte();
        if (form == AS_IT_IS) {
            return reader;
        } else if (form != DEFLATED) {
            throw new DamagedBlock("its form is " + form);
        }
        long size = reader.getNumber();
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(framed, reader.position(), framed.length - reader.position());
            ByteArrayOutputStream raw = new ByteArrayOutputStream((int) Math.min(Math.max(size, 0), 1 << 26));
            byte[] buffer = new byte[8192];
            while (!inflater.finished()) {
                int n = inflater.inflate(buffer);
                if (n == 0 && !inflater.finished()) {
                    throw new DamagedBlock("what was deflated ends too soon");
                }
                raw.write(buffer, 0, n);
            }
            return new ByteReader(raw.toByteArray());
        } catch (DataFormatException e) {
            throw new DamagedBlock("what was deflated cannot be read: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }
}
