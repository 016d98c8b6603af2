package dev.workpool.durable.internal.segment;

/** Thrown for bytes that are not what this version, or an earlier one, has written. */
public final class DamagedBlock extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DamagedBlock(String message) {
        super("a stored block is damaged: " + message);
    }
}
