package dev.workpool.cluster;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import dev.workpool.codec.JobCodec;
import java.io.NotSerializableException;

/** Encodes the results of tasks by Java serialization. */
final class ResultCodec implements JobCodec<Object> {
    private final ClassLoader classes;

    ResultCodec(ActorSystem<?> system) {
        this.classes = loader(system);
    }

    /** Where an actor system looks for the classes of its application. */
    static ClassLoader loader(ActorSystem<?> system) {
        return ((ExtendedActorSystem) Adapter.toClassic(system)).dynamicAccess().classLoader();
    }

    @Override
    public String name() {
        return "java-result";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public byte[] encode(Object result) throws Exception {
        try {
            return JavaBytes.write(result);
        } catch (NotSerializableException e) {
            NotSerializableException named = new NotSerializableException("the task's result, a "
                    + result.getClass().getName() + ", cannot travel back: " + e.getMessage()
                    + " is not serializable; let it implement java.io.Serializable, or return something else");
            named.initCause(e);
            throw named;
        }
    }

    @Override
    public Object decode(int version, byte[] bytes) throws Exception {
        return JavaBytes.read(bytes, classes, null);
    }

    @Override
    public String toString() {
        return "JobCodec(results by Java serialization)";
    }
}
