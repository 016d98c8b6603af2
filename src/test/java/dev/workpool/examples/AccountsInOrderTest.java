package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.WorkerPool;
import dev.workpool.examples.AccountsInOrder.Balance;
import dev.workpool.examples.AccountsInOrder.Event;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events of accounts, some of which have to be tried again. */
@Timeout(120)
class AccountsInOrderTest extends PoolTest {
    private static final int ACCOUNTS = 5;
    private static final int EVENTS = 20;

    /** Each attempt at an event, by account, in the order in which they began. */
    private final Map<String, List<Long>> attempts = new ConcurrentHashMap<>();

    private final Map<String, Long> balances = new ConcurrentHashMap<>();

    /** The events of an account are of 1, 2, 3 … cents, and come in turn with those of the others. */
    private static List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (int cents = 1; cents <= EVENTS; cents++) {
            for (int account = 0; account < ACCOUNTS; account++) {
                events.add(new Event("account " + account, cents));
            }
        }
        return events;
    }

    private Balance book(Event event) throws IOException {
        List<Long> before = attempts.computeIfAbsent(event.account(), account -> new CopyOnWriteArrayList<>());
        boolean isFirst = before.isEmpty() || before.get(before.size() - 1) != event.cents();
        before.add(event.cents());
        if (isFirst && event.cents() % 4 == 0) {
            throw new IOException("busy");
        }
        return new Balance(event.account(), balances.merge(event.account(), event.cents(), Long::sum));
    }

    private List<Balance> run(WorkerPool<Event, Balance> pool, List<Event> events) throws Exception {
        return get(AccountsInOrder.balances(pool, Source.from(events)).runWith(Sink.seq(), system));
    }

    @Test
    void eventsOfAnAccountAreBookedInOrderAndARetryKeepsItsPlace() throws Exception {
        List<Balance> changes;
        try (WorkerPool<Event, Balance> pool = AccountsInOrder.start(system, this::book)) {
            changes = run(pool, events());
        }
        List<Long> expectedAttempts = new ArrayList<>();
        List<Long> expectedBalances = new ArrayList<>();
        for (long cents = 1; cents <= EVENTS; cents++) {
            expectedAttempts.add(cents);
            if (cents % 4 == 0) {
                expectedAttempts.add(cents);
            }
            expectedBalances.add(cents * (cents + 1) / 2);
        }
        assertThat(changes).hasSize(ACCOUNTS * EVENTS);
        for (int i = 0; i < ACCOUNTS; i++) {
            String account = "account " + i;
            assertThat(attempts.get(account)).isEqualTo(expectedAttempts);
            assertThat(changes.stream()
                            .filter(change -> change.account().equals(account))
                            .map(Balance::cents))
                    .isEqualTo(expectedBalances);
        }
    }

    @Test
    void anAccountThatWaitsForAllOthersHoldsUpNone() throws Exception {
        CountDownLatch others = new CountDownLatch((ACCOUNTS - 1) * EVENTS);
        try (WorkerPool<Event, Balance> pool = AccountsInOrder.start(system, event -> {
            if (event.account().equals("account 0")) {
                others.await();
            } else {
                others.countDown();
            }
            return new Balance(event.account(), event.cents());
        })) {
            List<Balance> changes = run(pool, events());
            assertThat(changes).hasSize(ACCOUNTS * EVENTS);
            assertThat(changes.stream()
                            .filter(change -> change.account().equals("account 0"))
                            .map(Balance::cents))
                    .hasSize(EVENTS)
                    .isSorted();
        }
    }

    @Test
    void anEventThatCannotBeBookedFailsTheStream() {
        try (WorkerPool<Event, Balance> pool = AccountsInOrder.start(system, event -> {
            throw new IOException("closed account");
        })) {
            assertThatThrownBy(() -> run(pool, events()))
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("closed account");
        }
    }
}
