package dev.workpool.internal.akka;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.dispatch.ExecutionContexts;
import com.typesafe.config.Config;
import dev.workpool.internal.util.SingleThreadExecutor;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Sees to it that a process which is to end does end, whatever has become of the threads and the memory that its end
 * takes. One for each actor system with pools. Thread-safe.
 *
 * <p>A fatal error of the pools' actors, such as an {@link OutOfMemoryError}, makes Akka end the process, unless {@code
 * akka.jvm-exit-on-fatal-error} is off. Akka would do so on the very thread that has had the error, and {@code
 * System.exit} waits for the coordinated shutdown, which waits for pools, and so for that thread. Here another thread
 * calls Akka. If the actor system has not ended when the longest {@code close-timeout} of its pools is over, the process
 * is halted.
 *
 * <p>When the JVM ends for another reason, Akka waits for the phases of the coordinated shutdown for as long as their
 * time-outs allow, which are days for the phases of pools, since each pool bounds itself. Here it is halted when the
 * pools' own bounds and the time-outs of all other phases are over. That takes a machinery that does not work any more.
 *
 * <p>The thread that halts was started in advance, waits for nobody and needs no memory.
 */
public final class ExitGuard implements Extension {
    /** As Akka's for a process that had a fatal error. */
    private static final int STATUS = -1;

    /** The time that it takes handlers to be told of their cancellation, and to be heard. */
    private static final Duration TO_BE_HEARD = Duration.ofSeconds(1);

    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_WORDS_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How often it is looked for fatal errors while the JVM ends. */
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);

    /** The phases of a coordinated shutdown whose time-outs are no bound. */
    public enum Phase {
        POOLS("workpools-done"),
        WORKERS("workpool-workers-left");

        private final String key;

        Phase(String key) {
            this.key = key;
        }

        /** {@return its name in the configuration} */
        public String key() {
            return key;
        }
    }

    /** A pool that runs, or workers. Not equal to any other. */
    public static final class Member {
        private final Phase phase;
        private final Duration closeTimeout;
        private final Duration cancelGrace;

        private Member(Phase phase, Duration closeTimeout, Duration cancelGrace) {
            this.phase = phase;
            this.closeTimeout = closeTimeout;
            this.cancelGrace = cancelGrace;
        }

        /** How long the end may take. */
        private Duration longest() {
            return closeTimeout.plus(cancelGrace).plus(TO_BE_HEARD);
        }
    }

    /**
     * This JVM; a test has another.
     *
     * @param halt ends it at once
     * @param atExit adds a shutdown hook
     * @param least how long it has after a fatal error in any case: somebody who wants jobs cancelled at once need not want
     *     it to be halted at once
     */
    record Jvm(Runnable halt, Consumer<Thread> atExit, Duration least) {
        static final Jvm OF_THIS_ONE = new Jvm(
                () -> Runtime.getRuntime().halt(STATUS), Runtime.getRuntime()::addShutdownHook, Duration.ofSeconds(5));
    }

    private static final String AKKAS_HANDLER = "akka.actor.ActorSystemImpl";

    private static final Id ID = new Id();

    private static final class Id extends ExtensionId<ExitGuard> {
        @Override
        public ExitGuard createExtension(ActorSystem<?> system) {
            return new ExitGuard(system, Jvm.OF_THIS_ONE);
        }
    }

    private final ActorSystem<?> system;
    private final Jvm jvm;
    private final boolean exitsOnFatalError;
    private final boolean endsWithTheJvm;
    private final Thread thread;
    private final Thread hook;

    /** Guarded by this. */
    private final Set<Member> members = new HashSet<>();

    /** How long an end may take: after a fatal error, and by the JVM's end. Written with {@link #members}. */
    private volatile long afterErrorNs;

    private volatile long afterExitNs;

    /** Set by whoever it happens to; the thread of this is woken afterwards. The failed thread is set before the error. */
    private Thread failed;

    private volatile Throwable error;
    private volatile boolean exits;
    private volatile boolean isBroken;
    private volatile boolean isOver;

    /** What the thread needs in the end, made in advance. */
    private final Thread toAkka;

    private final Thread looking;
    private final Thread toPeople;
    private volatile byte[] afterErrorWords;
    private volatile byte[] afterExitWords;

    /** When the process is halted, and what is said then. Of the thread alone, up to the end. */
    private boolean isBound;

    private long haltNs;
    private byte[] lastWords;

    ExitGuard(ActorSystem<?> system, Jvm jvm) {
        Config config = system.settings().config();
        String name = system.name() + "-workpool-";
        this.system = system;
        this.jvm = jvm;
        this.exitsOnFatalError = config.getBoolean("akka.jvm-exit-on-fatal-error");
        this.endsWithTheJvm = config.getBoolean("akka.jvm-shutdown-hooks")
                && config.getBoolean("akka.coordinated-shutdown.run-by-jvm-shutdown-hook");
        this.toAkka = daemon(
                name + "fatal-error", () -> failed.getUncaughtExceptionHandler().uncaughtException(failed, error));
        this.looking = daemon(name + "looks", this::look);
        this.toPeople = daemon(name + "last-words", this::sayLastWords);
        this.thread = daemon(name + "exit", this::watch);
        this.hook = new Thread(this::jvmEnds, name + "hook");
        updateBounds();
        thread.start();
        addHook();
        system.whenTerminated()
                .onComplete(
                        done -> {
                            end();
                            return null;
                        },
                        ExecutionContexts.fromExecutor(Runnable::run));
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * The guard of an actor system.
     *
     * @param system the actor system
     * @return one object for each system
     */
    public static ExitGuard of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /**
     * A pool or workers have been started. Called on the thread of their actors, whose fatal errors are heard of from now
     * on, if it is an executor's of the library.
     *
     * @param phase in which they end with their system
     * @param closeTimeout how long their jobs may take in the end
     * @param cancelGrace how long handlers that were cancelled then may take
     * @return what {@link #remove} takes
     */
    public Member add(Phase phase, Duration closeTimeout, Duration cancelGrace) {
        SingleThreadExecutor executor = SingleThreadExecutor.current();
        if (executor != null) {
            executor.onFatalError(this::hasFailed);
        }
        Member member = new Member(phase, closeTimeout, cancelGrace);
        synchronized (this) {
            members.add(member);
            updateBounds();
        }
        return member;
    }

    /** They have ended. */
    public synchronized void remove(Member member) {
        members.remove(member);
        updateBounds();
    }

    private synchronized void updateBounds() {
        Duration closeTimeout = jvm.least();
        for (Member member : members) {
            closeTimeout = longer(closeTimeout, member.closeTimeout);
        }
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        Duration all = Duration.ZERO;
        for (String phase : CollectionConverters.asJava(shutdown.orderedPhases())) {
            all = all.plus(timeout(shutdown, phase));
        }
        afterErrorNs = closeTimeout.toNanos();
        afterExitNs = all.toNanos();
        afterErrorWords = lastWords(closeTimeout, "a fatal error, its longest close-timeout");
        afterExitWords = lastWords(all, "its end has begun, what its coordinated shutdown may take");
    }

    private byte[] lastWords(Duration bound, String what) {
        return ("workpool: actor system '" + system.name() + "' has not ended " + bound.toMillis() + " ms after " + what
                        + "; halting this process\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private Duration timeout(CoordinatedShutdown shutdown, String phase) {
        Duration timeout = Duration.ofNanos(shutdown.timeout(phase).toNanos());
        for (Phase own : Phase.values()) {
            if (own.key.equals(phase)) {
                Duration longest = Duration.ZERO;
                for (Member member : members) {
                    longest = member.phase == own ? longer(longest, member.longest()) : longest;
                }
                return longest.compareTo(timeout) < 0 ? longest : timeout;
            }
        }
        return timeout;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** On the thread that has had it. The first one counts: it ends the process, or the actor system. */
    private void hasFailed(Thread where, Throwable what) {
        if (error == null) {
            failed = where;
            error = what;
            LockSupport.unpark(thread);
        }
    }

    private void addHook() {
        try {
            jvm.atExit().accept(hook);
        } catch (IllegalStateException e) {
            jvmEnds(); // already
        }
    }

    private void jvmEnds() {
        exits = true;
        LockSupport.unpark(thread);
        if (!started(looking)) {
            breaks();
        }
    }

    /** Perhaps not before the end has begun. Not on the thread that halts: this needs memory, for which it may wait. */
    private void look() {
        while (!isOver && !isBroken()) {
            LockSupport.parkNanos(this, LOOK_NS);
        }
        breaks();
    }

    private void breaks() {
        isBroken = true;
        LockSupport.unpark(thread);
    }

    /**
     * Whether one of Akka's threads has had a fatal error, for which the JVM ends or while it does, or there is too little
     * memory to find out. What waits for the end in Akka's handler is missing to the shutdown, and may be all of its threads.
     */
    private static boolean isBroken() {
        try {
            return Thread.getAllStackTraces().values().stream()
                    .anyMatch(stack -> calls(stack, Runtime.class.getName(), "exit")
                            && calls(stack, AKKAS_HANDLER, "uncaughtException"));
        } catch (OutOfMemoryError e) {
            return true;
        }
    }

    private static boolean calls(StackTraceElement[] stack, String type, String method) {
        return Stream.of(stack)
                .anyMatch(call -> call.getMethodName().equals(method)
                        && call.getClassName().startsWith(type));
    }

    private void end() {
        isOver = true;
        LockSupport.unpark(thread);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM ends
        }
    }

    /** Makes nothing, and waits for nobody. */
    private void watch() {
        boolean hasError = false;
        boolean hasExit = false;
        boolean hasBroken = false;
        boolean isTold = true;
        while (!isOver) {
            long nowNs = System.nanoTime();
            if (error != null && !hasError) {
                hasError = true;
                isTold = false;
                if (exitsOnFatalError) {
                    haltAtLatest(nowNs + afterErrorNs, afterErrorWords);
                }
            }
            if (exits && !hasExit) {
                hasExit = true;
                if (endsWithTheJvm) {
                    haltAtLatest(nowNs + afterExitNs, afterExitWords);
                }
            }
            if (isBroken && !hasBroken) {
                hasBroken = true;
                haltAtLatest(nowNs + afterErrorNs, afterErrorWords);
            }
            isTold = isTold || started(toAkka);
            if (isBound && nowNs - haltNs >= 0) {
                started(toPeople);
                LockSupport.parkNanos(LAST_WORDS_NS);
                jvm.halt().run();
                return;
            }
            if (!isTold) {
                LockSupport.parkNanos(this, RETRY_NS);
            } else if (isBound) {
                LockSupport.parkNanos(this, haltNs - nowNs);
            } else {
                LockSupport.park(this); // returns at once if something has happened meanwhile
            }
            Thread.interrupted(); // it would not park again
        }
    }

    private void haltAtLatest(long timeNs, byte[] words) {
        if (!isBound || timeNs - haltNs < 0) {
            isBound = true;
            haltNs = timeNs;
            lastWords = words;
        }
    }

    /** Whether there was the memory for that. */
    private static boolean started(Thread prepared) {
        try {
            prepared.start();
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** Whoever should read it may not, so it is not on the thread that halts. */
    private void sayLastWords() {
        try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
            err.write(lastWords);
        } catch (IOException e) {
            // nobody reads it
        }
    }
}
