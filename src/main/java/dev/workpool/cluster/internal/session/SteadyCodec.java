package dev.workpool.cluster.internal.session;

import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.util.SafeLog;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's codec, of which no code runs on an actor's thread: its name and version are read once, at the start, and what
 * it decodes it is asked on a thread for callbacks. Thread-safe.
 *
 * @param <T> type of the jobs or results
 */
public final class SteadyCodec<T> implements JobCodec<T> {
    private static final Logger LOG = LoggerFactory.getLogger(SteadyCodec.class);
    private static final int LONGEST_NAME = 200;

    private final JobCodec<T> codec;
    private final Encoding own;

    /** What it has said; empty where its answer is awaited. */
    private final Map<Encoding, Optional<Boolean>> answers = new ConcurrentHashMap<>();

    private SteadyCodec(JobCodec<T> codec, Encoding own) {
        this.codec = codec;
        this.own = own;
    }

    /**
     * Reads a codec's name and version.
     *
     * @param codec the user's
     * @param what it encodes, for messages
     * @throws IllegalArgumentException if they are not what {@link JobCodec} says
     */
    public static <T> SteadyCodec<T> of(JobCodec<T> codec, String what) {
        if (codec instanceof SteadyCodec<T> steady) {
            return steady;
        }
        String name = codec.name();
        if (name == null || name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("name of the codec of " + what + " = "
                    + (name == null ? null : "'" + name.substring(0, Math.min(name.length(), LONGEST_NAME)) + "'")
                    + "; allowed: 1 to " + LONGEST_NAME + " characters");
        }
        int version = codec.version();
        if (version < 1) {
            throw new IllegalArgumentException(
                    "version of the codec " + name + " of " + what + " = " + version + "; allowed: 1 or more");
        }
        return new SteadyCodec<>(codec, new Encoding(name, version));
    }

    /** Its name and version. */
    public Encoding encoding() {
        return own;
    }

    /**
     * Tells whether it decodes what was encoded so. Its own encoding it does.
     *
     * @param encoding another's
     * @param callbacks runs the user's code, if it has to be asked
     * @param whenKnown run on one of these threads once there is an answer, if nobody else has asked before
     * @return empty if it has to be asked; one that fails decodes nothing
     */
    public Optional<Boolean> decodes(Encoding encoding, Executor callbacks, Runnable whenKnown) {
        if (encoding.equals(own)) {
            return Optional.of(true);
        }
        Optional<Boolean> answer = answers.putIfAbsent(encoding, Optional.empty());
        if (answer == null) {
            callbacks.execute(() -> {
                answers.put(encoding, Optional.of(asked(encoding)));
                whenKnown.run();
            });
            return Optional.empty();
        }
        return answer;
    }

    private boolean asked(Encoding encoding) {
        try {
            return codec.decodes(encoding.codec(), encoding.version());
        } catch (Throwable t) {
            SafeLog.error(LOG, "Codec " + own + " cannot say whether it decodes " + encoding, t);
            return false;
        }
    }

    @Override
    public String name() {
        return own.codec();
    }

    @Override
    public int version() {
        return own.version();
    }

    /** Runs the user's code. */
    @Override
    public boolean decodes(String name, int version) {
        return codec.decodes(name, version);
    }

    @Override
    public byte[] encode(T value) throws Exception {
        return codec.encode(value);
    }

    @Override
    public T decode(int version, byte[] bytes) throws Exception {
        return codec.decode(version, bytes);
    }

    @Override
    public String toString() {
        return codec.toString();
    }
}
