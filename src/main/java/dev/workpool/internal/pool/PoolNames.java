package dev.workpool.internal.pool;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.dispatch.ExecutionContexts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Registers the running pools of an actor system: reserves their names, and tells each that the system has ended.
 * Thread-safe.
 *
 * <p>It listens for the end once for all of them, since the system would keep a listener for each pool as long as it
 * lives. A pool is entered first and checks for the end afterwards; the end is noted first and looks for pools
 * afterwards. So none is missed.
 */
public final class PoolNames implements Extension {
    private static final Id ID = new Id();

    /** What each pool is told by when the system has ended. */
    private final Map<String, Runnable> pools = new ConcurrentHashMap<>();

    private final AtomicLong started = new AtomicLong();
    private volatile boolean systemHasEnded;

    private PoolNames() {}

    private static final class Id extends ExtensionId<PoolNames> {
        @Override
        public PoolNames createExtension(ActorSystem<?> system) {
            PoolNames names = new PoolNames();
            // Not its stage for Java, which calls back on the common pool, whose threads may all wait for the pools'
            // ends.
            system.whenTerminated()
                    .onComplete(
                            done -> {
                                names.end();
                                return null;
                            },
                            ExecutionContexts.fromExecutor(Runnable::run));
            return names;
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
     * @param onSystemEnd run when the actor system has ended, unless the name was given back before, or at once if it
     *     has; on any thread, so it must not be users' code
     * @return a name for its actor, which is unique also when an earlier pool of this name is not quite gone
     * @throws IllegalArgumentException if a running pool has it
     */
    public String take(String name, Runnable onSystemEnd) {
        if (pools.putIfAbsent(name, onSystemEnd) != null) {
            throw new IllegalArgumentException("name of a pool = '" + name
                    + "'; allowed: a name that no running pool of this actor system has, or close that pool first");
        }
        if (systemHasEnded) {
            onSystemEnd.run();
        }
        return "workpool-" + name + "-" + started.incrementAndGet();
    }

    /**
     * Gives a name back.
     *
     * @param name that was taken
     */
    public void giveBack(String name) {
        pools.remove(name);
    }

    private void end() {
        systemHasEnded = true;
        pools.values().forEach(Runnable::run);
    }
}
