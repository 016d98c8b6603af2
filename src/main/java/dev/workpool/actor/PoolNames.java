package dev.workpool.actor;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The names of an actor system's running pools. Thread-safe. */
public final class PoolNames implements Extension {
    private static final Id ID = new Id();

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicLong started = new AtomicLong();

    private PoolNames() {}

    private static final class Id extends ExtensionId<PoolNames> {
        @Override
        public PoolNames createExtension(ActorSystem<?> system) {
            return new PoolNames();
        }
    }

    /**
     * The names in a system.
     *
     * @param system the actor system
     * @return one object for each system
     */
    public static PoolNames of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /**
     * Takes a name.
     *
     * @param name of a pool
     * @return a name for its actor, which is unique also when an earlier pool of this name is not quite gone
     * @throws IllegalArgumentException if a running pool has it
     */
    public String take(String name) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("name of a pool = '" + name
                    + "'; allowed: a name that no running pool of this actor system has, or close that pool first");
        }
        return "workpool-" + name + "-" + started.incrementAndGet();
    }

    /**
     * Gives a name back.
     *
     * @param name that was taken
     */
    public void giveBack(String name) {
        names.remove(name);
    }
}
