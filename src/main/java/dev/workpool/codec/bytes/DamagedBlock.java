package dev.workpool.codec.bytes;

/** Thrown for bytes that are not what this version, or an earlier one, has written. */
public final class DamagedBlock extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedBlock(String message) {
        super("a block of bytes is damaged: " + message);
    }
}
