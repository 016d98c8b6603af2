package dev.workpool.internal.akka;

/** Class literals of generic messages, which Java has no syntax for. */
public final class Messages {
    private Messages() {}

    /**
     * The class of a generic message.
     *
     * @param raw its class literal
     * @param <T> the message's type with its parameters, which the mailbox cannot check
     * @return the same class
     */
    @SuppressWarnings("unchecked") // one pool's actors tell each other messages of that pool's types only
    public static <T> Class<T> type(Class<? super T> raw) {
        return (Class<T>) raw;
    }
}
