package dev.workpool.codec;

/**
 * Turns jobs, or results, into bytes and back. The bytes may be read by another process, at another time, with a newer
 * version of the code. So a codec has a name and a version, which are kept beside the bytes: raise the version when the
 * format changes, and keep decoding the earlier ones.
 *
 * <p>Has to be thread-safe. What {@link #encode} throws fails the call that submitted the job to a durable queue, and
 * rejects the job of a pool over a cluster. What {@link #decode} throws fails the job. Neither is called on a thread of
 * an actor; both may take their time.
 *
 * @param <T> type of the jobs or results
 */
public interface JobCodec<T> {
    /**
     * Names the format.
     *
     * @return 1 to 200 characters, the same at each call
     */
    String name();

    /**
     * Returns the version of the format that {@link #encode} writes.
     *
     * @return 1 or more, the same at each call
     */
    int version();

    /**
     * Tells whether this codec can decode what was encoded under a name and a version. Jobs that it cannot decode are
     * left to other processes. By default it can decode its own name in its own version and in all before.
     *
     * @param name of the codec that encoded it
     * @param version of the codec that encoded it
     * @return true if {@link #decode} may be called with that version
     */
    default boolean decodes(String name, int version) {
        return name.equals(name()) && version <= version();
    }

    /**
     * Encodes one job.
     *
     * @param value not null for a job; a result may be null only if the codec says so
     * @return its bytes, which must not be changed afterwards
     * @throws Exception any failure
     */
    byte[] encode(T value) throws Exception;

    /**
     * Decodes one job.
     *
     * @param version the version in which it was encoded
     * @param bytes what {@link #encode} returned; the codec may keep them
     * @return the job, not null
     * @throws Exception any failure
     */
    T decode(int version, byte[] bytes) throws Exception;

    /**
     * Returns a codec of JSON by Jackson, with the modules that are on the class path. Unknown properties are ignored,
     * so that fields may be added and removed without a new version. Null is allowed.
     *
     * @param type what to decode to: a class or a record; its simple name is the codec's name
     * @param <T> the type
     * @return a codec of version 1
     * @throws IllegalStateException if {@code com.fasterxml.jackson.core:jackson-databind} is not on the class path
     */
    static <T> JobCodec<T> json(Class<T> type) {
        try {
            return JsonCodec.of(type);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "JobCodec.json needs com.fasterxml.jackson.core:jackson-databind on the class path", e);
        }
    }

    /**
     * Returns a codec of strings in UTF-8.
     *
     * @return a codec of version 1
     */
    static JobCodec<String> strings() {
        return StringCodec.INSTANCE;
    }

    /**
     * Returns a codec that takes bytes as they are.
     *
     * @return a codec of version 1
     */
    static JobCodec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }
}
