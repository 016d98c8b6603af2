package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.job.QueueObserver;
import dev.workpool.support.CapturedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ObserverInboxTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();

    private final QueueObserver observer = new QueueObserver() {
        @Override
        public void onUndecodable(String queue, long jobs) {
            told.add(queue + " " + jobs);
        }

        @Override
        public void onDropped(String queue, long events) {
            told.add(queue + " dropped " + events);
        }
    };

    private ObserverInbox inbox(Executor callbacks) {
        return new ObserverInbox("q", observer, callbacks);
    }

    private static void tell(ObserverInbox inbox, long n) {
        inbox.tell(each -> each.onUndecodable("q", n));
    }

    @Test
    void eventsAreToldInOrderByOneTaskAtATime() {
        ObserverInbox inbox = inbox(tasks::add);
        tell(inbox, 1);
        tell(inbox, 2);
        assertThat(told).as("on the thread of whoever tells").isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.poll().run();
        tell(inbox, 3);
        tasks.poll().run();
        assertThat(told).containsExactly("q 1", "q 2", "q 3");
    }

    @Test
    void whatFindsNoPlaceIsCounted() {
        ObserverInbox inbox = inbox(tasks::add);
        for (int i = 0; i < ObserverInbox.CAPACITY + 7; i++) {
            tell(inbox, i);
        }
        tasks.poll().run();
        assertThat(told).hasSize(ObserverInbox.CAPACITY + 1).startsWith("q dropped 7", "q 0");
        tell(inbox, 9);
        tasks.poll().run();
        assertThat(told).hasSize(ObserverInbox.CAPACITY + 2).endsWith("q 9");
    }

    @Test
    void whatAnObserverThrowsIsLoggedOnceAndStopsNothing() {
        try (CapturedLog log = CapturedLog.of(QueueObserver.class.getName())) {
            ObserverInbox inbox = inbox(tasks::add);
            for (int i = 0; i < 3; i++) {
                inbox.tell(each -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("mine");
                });
            }
            inbox.tell(each -> told.add(
                    Thread.currentThread().isInterrupted() ? "interrupted by another's" : "as if nothing was"));
            tasks.poll().run();
            assertThat(told).containsExactly("as if nothing was");
            assertThat(log.messages()).singleElement().asString().contains("Queue 'q': an observer (");
        }
    }

    @Test
    void afterTheEndOfTheActorSystemNothingIsKept() {
        List<Boolean> isOver = new ArrayList<>(List.of(true));
        ObserverInbox inbox = inbox(task -> {
            if (isOver.get(0)) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        });
        tell(inbox, 1);
        isOver.set(0, false);
        tell(inbox, 2);
        tasks.poll().run();
        assertThat(told).containsExactly("q 2");
    }
}
