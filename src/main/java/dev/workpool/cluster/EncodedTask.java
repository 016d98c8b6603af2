package dev.workpool.cluster;

import dev.workpool.codec.JobCodec;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.util.concurrent.RejectedExecutionException;

/**
 * A task of a {@link ClusterExecutor} as bytes, which it is from its submission until it runs. Immutable: nobody changes
 * the bytes.
 *
 * @param kind how it is run
 * @param name the name of its class, for people
 * @param bytes the task
 */
record EncodedTask(Kind kind, String name, byte[] bytes) {

    /** How a task is run. */
    enum Kind {
        /** It has a result. */
        CALL,
        /** It has none. */
        RUN,
        /** It has none, and nobody waits for its error. */
        EXECUTE
    }

    static final JobCodec<EncodedTask> CODEC = new Codec();

    /**
     * Encodes a task.
     *
     * @throws RejectedExecutionException if it, or what it refers to, is not serializable
     */
    static EncodedTask of(Kind kind, Object task) {
        String name = task.getClass().getName();
        if (!(task instanceof Serializable)) {
            throw new RejectedExecutionException(
                    "task " + name + " is not serializable, so it cannot run on another node;"
                            + " let its class implement java.io.Serializable, or pass a lambda as a SerializableCallable or a"
                            + " SerializableRunnable");
        }
        try {
            return new EncodedTask(kind, name, JavaBytes.write(task));
        } catch (NotSerializableException e) {
            throw new RejectedExecutionException(
                    "task " + name + " refers to a " + e.getMessage()
                            + ", which is not serializable; let the task refer to the values that it needs alone, such as local"
                            + " variables instead of fields of this, or let that class implement java.io.Serializable; submit"
                            + " takes the place of CompletableFuture.supplyAsync",
                    e);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new RejectedExecutionException("task " + name + " cannot be serialized: " + e, e);
        }
    }

    byte[] toBytes() {
        ByteWriter out = new ByteWriter(bytes.length + name.length() + 32);
        out.putText(kind.name());
        out.putText(name);
        out.putBlock(bytes);
        return out.toBytes();
    }

    private static final class Codec implements JobCodec<EncodedTask> {
        @Override
        public String name() {
            return "java-task";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public byte[] encode(EncodedTask task) {
            return task.toBytes();
        }

        @Override
        public EncodedTask decode(int version, byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            return new EncodedTask(Kind.valueOf(in.getText()), in.getText(), in.getBlock());
        }

        @Override
        public String toString() {
            return "JobCodec(tasks by Java serialization)";
        }
    }
}
