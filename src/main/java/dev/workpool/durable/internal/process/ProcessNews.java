package dev.workpool.durable.internal.process;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other processes on this machine what is new, hears what they tell, and notices those that have died. None of it has
 * to arrive; whoever waits looks now and then.
 *
 * <p>One thread listens. It sleeps until the operating system says that a file in the folder has changed, and while there
 * are others it looks a few times a second whether they live. A process that is alone writes nothing, and wakes never. Where
 * the operating system tells nothing, the thread looks at the files itself. What is to be told is collected for a moment;
 * {@code pending} and {@code isSending} are guarded by this.
 */
public final class ProcessNews implements AutoCloseable {
    /** What is heard when anything may be new. */
    public static final String ANYTHING = "*";

    private static final Logger log = LoggerFactory.getLogger(ProcessNews.class);
    private static final long COLLECT_MS = 2;
    private static final long LIVES_MS = 100;
    private static final long READ_MS = 10;
    private static final long DISCOVER_MS = 500;
    private static final long ALONE_MS = 60_000;

    private final ProcessFiles files;
    private final ScheduledExecutorService timer;
    private final Listener listener;
    private final Optional<WatchService> watch;
    private final Thread thread;
    private final Set<String> pending = new LinkedHashSet<>();
    private boolean isSending;
    private long sentNs = System.nanoTime();
    private volatile boolean areThereOthers;
    private volatile boolean isClosed;

    /** The thread's alone. */
    private long livesNs = System.nanoTime();

    private long discoveredNs = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ALONE_MS);

    /** Who is told. It must not block for long. */
    public interface Listener {
        /** Others have told this. */
        void heard(String what);

        /**
         * Processes have died: what they held is to be free.
         *
         * @param forget to be run when it is; until then it is told again
         */
        void died(Set<String> names, Runnable forget);
    }

    /**
     * Begins to listen.
     *
     * @param files of which this process has its own
     * @param timer for what is told a moment later
     * @param isTold whether the operating system is asked to tell of changes, where it can
     */
    public ProcessNews(ProcessFiles files, ScheduledExecutorService timer, Listener listener, boolean isTold) {
        this.files = files;
        this.timer = timer;
        this.listener = listener;
        this.watch = isTold && canTell() ? watch(files) : Optional.empty();
        this.thread = new Thread(this::listen, "workpool-store-listener");
        thread.setDaemon(true);
        thread.start();
    }

    /** The JDK's own looking, every ten seconds, is what it does elsewhere. */
    private static boolean canTell() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return system.startsWith("linux") || system.startsWith("windows");
    }

    private static Optional<WatchService> watch(ProcessFiles files) {
        try {
            WatchService made = files.folder().getFileSystem().newWatchService();
            files.folder().register(made, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            return Optional.of(made);
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("the operating system does not tell of changes in {}", files.folder(), e);
            return Optional.empty();
        }
    }

    /** Whether other processes have the store open, as far as is known. */
    public boolean areThereOthers() {
        return areThereOthers;
    }

    /** Tells something to the other processes, soon, if there are any. Those that come later look at everything. */
    public void tell(String what) {
        if (!areThereOthers) {
            return;
        }
        synchronized (this) {
            pending.add(what);
            if (isSending) {
                return;
            }
            isSending = true;
            if (System.nanoTime() - sentNs < TimeUnit.MILLISECONDS.toNanos(COLLECT_MS)) {
                try {
                    timer.schedule(this::send, COLLECT_MS, TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    log.debug("a store that is closed tells nothing"); // and gives back what it holds
                }
                return;
            }
        }
        send();
    }

    private void send() {
        Set<String> now;
        synchronized (this) {
            now = new LinkedHashSet<>(pending);
            pending.clear();
            isSending = false;
            sentNs = System.nanoTime();
        }
        try {
            files.tell(now);
        } catch (IOException e) {
            log.debug("other processes are not told", e);
        }
    }

    private void listen() {
        while (!isClosed) {
            try {
                look();
                await();
            } catch (ClosedWatchServiceException e) {
                return;
            } catch (IOException | RuntimeException e) {
                log.debug("other processes are not heard", e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DISCOVER_MS));
            }
        }
    }

    private void await() {
        if (watch.isEmpty()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(areThereOthers ? READ_MS : DISCOVER_MS));
            return;
        }
        try {
            WatchKey key = watch.get().poll(areThereOthers ? LIVES_MS : ALONE_MS, TimeUnit.MILLISECONDS);
            if (key != null) {
                if (key.pollEvents().stream().anyMatch(each -> each.kind() != StandardWatchEventKinds.ENTRY_MODIFY)) {
                    discoveredNs = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ALONE_MS);
                }
                key.reset();
            }
        } catch (InterruptedException e) {
            log.debug("nobody interrupts this thread", e);
        }
    }

    private void look() throws IOException {
        long nowNs = System.nanoTime();
        long everyMs = watch.isEmpty() ? DISCOVER_MS : ALONE_MS;
        if (nowNs - discoveredNs >= TimeUnit.MILLISECONDS.toNanos(everyMs)) {
            discoveredNs = nowNs;
            files.discover();
        }
        areThereOthers = files.areThereOthers();
        if (areThereOthers) {
            files.greet(ANYTHING);
            read();
            if (nowNs - livesNs >= TimeUnit.MILLISECONDS.toNanos(LIVES_MS)) {
                livesNs = nowNs;
                Set<String> dead = files.dead();
                if (!dead.isEmpty()) {
                    listener.died(dead, () -> forget(dead));
                }
            }
        }
    }

    private void read() throws IOException {
        Set<String> heard = new LinkedHashSet<>();
        for (List<String> news : files.read()) {
            heard.addAll(news.isEmpty() ? List.of(ANYTHING) : news);
        }
        if (heard.contains(ANYTHING)) {
            listener.heard(ANYTHING);
            heard.remove(ANYTHING);
        }
        heard.forEach(listener::heard);
    }

    private void forget(Set<String> dead) {
        try {
            files.forget(dead);
        } catch (IOException e) {
            log.debug("the files of {} could not be removed", dead, e);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        watch.ifPresent(each -> {
            try {
                each.close();
            } catch (IOException e) {
                log.debug("the watch of {} could not be closed", files.folder(), e);
            }
        });
        LockSupport.unpark(thread);
    }
}
