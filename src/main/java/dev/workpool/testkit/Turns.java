package dev.workpool.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs threads in turns with the thread that drives the simulation, so that only one of them is at work at a time. A
 * stream's source is run like that, since its code cannot be left and entered again. Thread-safe.
 */
final class Turns {
    /** A turn that takes longer waits for something that cannot happen before it is over. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();

    private final List<Turn> turns = new ArrayList<>();
    private boolean free;

    /** One thread's. */
    private final class Turn implements Runnable {
        private final Runnable body;
        private BooleanSupplier goesOn = () -> true;
        private boolean isOn;
        private boolean hasEnded;

        Turn(Runnable body) {
            this.body = body;
        }

        @Override
        public void run() {
            CURRENT.set(this);
            await();
            try {
                body.run();
            } finally {
                end();
            }
        }

        private void end() {
            synchronized (Turns.this) {
                hasEnded = true;
                isOn = false;
                turns.remove(this);
                Turns.this.notifyAll();
            }
        }

        private void await() {
            boolean interrupted = false;
            synchronized (Turns.this) {
                while (!isOn && !free) {
                    try {
                        Turns.this.wait();
                    } catch (InterruptedException e) {
                        interrupted = true; // it is for the source, when its turn comes
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What is to be run by a thread, in turns. */
    synchronized Runnable thread(Runnable body) {
        Turn turn = new Turn(body);
        turns.add(turn);
        return turn;
    }

    /** Ends the turn of the calling thread; false if it has none, and so must wait in another way. */
    boolean park(BooleanSupplier goesOn) {
        Turn turn = CURRENT.get();
        synchronized (this) {
            if (turn == null || free) {
                return false;
            }
            turn.goesOn = goesOn;
            turn.isOn = false;
            notifyAll();
        }
        turn.await();
        return true;
    }

    /** What could be run now: each a thread's turn. */
    synchronized List<Runnable> ready() {
        List<Runnable> ready = new ArrayList<>();
        for (Turn turn : turns) {
            if (turn.goesOn.getAsBoolean()) {
                ready.add(() -> give(turn));
            }
        }
        return ready;
    }

    @SuppressWarnings("WaitNotInLoop") // the loop has a limit
    private void give(Turn turn) {
        long untilNs = System.nanoTime() + LONGEST.toNanos();
        synchronized (this) {
            turn.isOn = true;
            notifyAll();
            while (turn.isOn && !turn.hasEnded) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
                if (leftMs <= 0) {
                    throw new IllegalStateException("the source of a stream has been at work for " + LONGEST
                            + "; in virtual time it must not wait for anything but room for its jobs");
                }
                try {
                    wait(leftMs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while the source of a stream was at work", e);
                }
            }
        }
    }

    /** The simulation is over: threads run as they like. */
    synchronized void free() {
        free = true;
        notifyAll();
    }
}
