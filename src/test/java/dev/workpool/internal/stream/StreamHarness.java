package dev.workpool.internal.stream;

import akka.actor.testkit.typed.javadsl.TestInbox;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.dispatcher.Backlog;
import dev.workpool.internal.dispatcher.Backlogs;
import dev.workpool.internal.event.Events;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.internal.worker.PoolGuard;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A stream in a backlog, with everything around it played by one thread, step by step. */
public final class StreamHarness {
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p");

    private final TestInbox<Collector.Command<String>> collector = TestInbox.create();
    final RequestQueue<Integer, String> requestQueue = new RequestQueue<>();
    public final Stream stream;
    public long nowNs = 17;

    public final Backlog<Integer, String> backlog = new Backlog<>(
            SETTINGS,
            () -> nowNs,
            Runnable::run,
            (id, ledger, policy, events) -> {
                this.ledger = ledger;
                return new Slice.BatchRef<>(id, this.collector.getRef(), policy);
            },
            new JobTimes(() -> 0),
            Events.none());

    private Ledger<String> ledger;

    /** Granted and without an outcome. */
    private final Deque<Slice<String>> granted = new ArrayDeque<>();

    /** A stream that writes down what it is told. */
    public static final class Stream extends StreamSubmission<Integer, String> {
        final List<Integer> delivered = new ArrayList<>();
        final List<Outcome<String>> outcomes = new ArrayList<>();
        boolean accepted;
        boolean closed;
        public int completions;
        BatchProgress counts;
        Optional<Throwable> problem = Optional.empty();

        /** Off for a stream that is too long to be kept. */
        boolean keeps = true;

        public Stream(StreamOptions<Integer> options, RequestQueue<Integer, String> requestQueue) {
            super(
                    options,
                    "p",
                    requestQueue,
                    new PoolGuard(requestQueue, "p", TestHarness.NONE),
                    JobCarrier.of(List.of()));
        }

        @Override
        public void accepted() {
            accepted = true;
        }

        @Override
        protected void deliver(List<Integer> jobs, List<Outcome<String>> outcomes) {
            if (keeps) {
                this.delivered.addAll(jobs);
                this.outcomes.addAll(outcomes);
            }
        }

        @Override
        protected void inputClosed() {
            closed = true;
        }

        @Override
        protected void complete(BatchProgress counts, Optional<Throwable> problem) {
            completions++;
            this.counts = counts;
            this.problem = problem;
        }
    }

    public StreamHarness(StreamOptions<Integer> options) {
        stream = new Stream(options, requestQueue);
        requestQueue.open(() -> {});
        backlog.accept(stream);
    }

    public void offer(int... jobs) {
        for (int job : jobs) {
            if (!stream.offer(job)) {
                throw new AssertionError("not taken: " + job);
            }
        }
        settle();
    }

    /** What the dispatcher and the collector have to do, until neither has. */
    public void settle() {
        boolean again = true;
        while (again) {
            again = false;
            requestQueue.asleep();
            for (Request<Integer, String> next = requestQueue.poll(); next != null; next = requestQueue.poll()) {
                again = true;
                if (next instanceof StreamSubmission.Arrived<Integer, String> arrived) {
                    backlog.streams().arrived(arrived.stream());
                } else if (next instanceof StreamSubmission.End<Integer, String> end) {
                    backlog.streams().endInput(end.stream(), end.problem());
                } else if (next instanceof Submission.Cancel<Integer, String> cancel) {
                    Backlogs.stop(backlog, cancel.submission(), StopReason.CANCELLED);
                }
            }
            for (Collector.Command<String> command : collector.getAllReceived()) {
                again = true;
                if (command instanceof Collector.Settle<String> all) {
                    ledger.settle(all.first(), all.count(), all.outcome());
                } else if (command instanceof Collector.EndOfInput<String> end) {
                    ledger.endOfInput(end.total());
                }
                backlog.update(stream.number, ledger.progress());
            }
        }
    }

    /** Grants jobs, at most so many. */
    public List<Integer> grant(int most) {
        List<Integer> jobs = new ArrayList<>();
        Slice<String> slice;
        while (jobs.size() < most && (slice = backlog.next(most - jobs.size(), 1)) != null) {
            for (int i = 0; i < slice.size(); i++) {
                granted.addLast(slice.part(i, i + 1));
                jobs.add(job(granted.getLast()));
            }
            settle(); // now that what was taken in is granted, the stream may tell that there is more
        }
        return jobs;
    }

    private static int job(Slice<?> slice) {
        return (Integer) slice.jobs()[slice.from()];
    }

    public void succeed(int job) {
        end(job, new Outcome.Succeeded<>("", 1));
    }

    void fail(int job) {
        end(job, new Outcome.Failed<>(new IllegalStateException("of the job"), 1));
    }

    public void succeedAll(Iterable<Integer> jobs) {
        jobs.forEach(this::succeed);
    }

    /** A granted job comes back unstarted. */
    void giveBack(int job) {
        backlog.giveBack(take(job));
        settle();
    }

    private void end(int job, Outcome<String> outcome) {
        ledger.acknowledge(take(job).first(), Outcomes.copyOf(List.of(outcome)));
        backlog.update(stream.number, ledger.progress());
        settle();
    }

    private Slice<String> take(int job) {
        for (Slice<String> slice : granted) {
            if (job(slice) == job) {
                granted.remove(slice);
                return slice;
            }
        }
        throw new AssertionError("not granted: " + job);
    }
}
