package dev.workpool.cluster.internal.wire;

import akka.actor.typed.ActorRef;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Makes messages of every kind with any contents. It knows no kind by name, so it forgets none. */
final class AnyMessages {
    private static final long[] EDGES = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE};

    private final Random random;
    private final List<ActorRef<WireMessage>> refs;

    AnyMessages(Random random, List<ActorRef<WireMessage>> refs) {
        this.random = random;
        this.refs = refs;
    }

    /** One message of each kind, and one for each kind of what a message holds. */
    List<WireMessage> ofEveryKind() {
        List<WireMessage> all = new ArrayList<>();
        for (Class<?> kind : WireMessage.class.getPermittedSubclasses()) {
            Class<?> content = Stream.of(kind.getRecordComponents())
                    .<Class<?>>map(RecordComponent::getType)
                    .filter(Class::isSealed)
                    .findAny()
                    .orElse(null);
            if (content == null) {
                all.add((WireMessage) make(kind, null));
            } else {
                Stream.of(content.getPermittedSubclasses())
                        .forEach(each -> all.add((WireMessage) make(kind, make(each, null))));
            }
        }
        return all;
    }

    private Object make(Class<?> kind, Object content) {
        RecordComponent[] components = kind.getRecordComponents();
        try {
            return kind.getDeclaredConstructor(Stream.of(components)
                            .<Class<?>>map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(Stream.of(components)
                            .map(each -> each.getType().isSealed() ? content : value(each.getGenericType()))
                            .toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(kind + " cannot be made", e);
        }
    }

    private Object value(Type type) {
        if (type == long.class) {
            return number();
        } else if (type == int.class) {
            return (int) Math.min(Integer.MAX_VALUE, number());
        } else if (type == double.class) {
            return (double) random.nextInt(1_000_000); // parts of a nanosecond do not travel
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return random.ints(random.nextInt(200), 0, 0xD7FF)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        } else if (type == byte[].class) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            return bytes;
        } else if (type instanceof ParameterizedType of && of.getRawType() == ActorRef.class) {
            return refs.get(random.nextInt(refs.size()));
        } else if (type instanceof ParameterizedType of && of.getRawType() == List.class) {
            return Stream.generate(() -> value(of.getActualTypeArguments()[0]))
                    .limit(random.nextInt(5))
                    .toList();
        }
        return make((Class<?>) type, null);
    }

    private long number() {
        return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextLong() >>> 1;
    }
}
