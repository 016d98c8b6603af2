package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.store.Limits.Ask;
import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.Limits.RatePart;
import dev.workpool.durable.internal.store.Sharing.Claimant;
import dev.workpool.durable.internal.store.Sharing.Given;
import dev.workpool.settings.RateLimit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** What the tables hold of the limits of one queue, without a database. */
public final class LimitTable {
    private final OptionalInt concurrency;
    private final Optional<RateLimit> rate;
    private final Map<String, Row> rows = new HashMap<>();
    private RateBucket bucket;

    private record Row(Claimant jobs, Claimant units, long seenUntilMs) {}

    public LimitTable(OptionalInt concurrency, Optional<RateLimit> rate) {
        this.concurrency = concurrency;
        this.rate = rate;
    }

    public void setRate(long nowMs) {
        bucket = RateBucket.full(rate.orElseThrow(), nowMs);
    }

    public Leased lease(Ask ask, long nowMs) {
        Optional<Given> given = concurrency.isPresent()
                ? Optional.of(Sharing.give(
                        concurrency.getAsInt(),
                        new Claimant(ask.owner(), ask.holds(), ask.wants()),
                        others(ask, nowMs, Row::jobs),
                        nowMs / 5_000))
                : Optional.empty();
        Optional<RatePart> part = Optional.empty();
        if (rate.isPresent()) {
            RateBucket.Taken taken = bucket.give(
                    new Claimant(ask.owner(), ask.units(), ask.wantsUnits()),
                    ask.returned(),
                    others(ask, nowMs, Row::units),
                    nowMs / 5_000,
                    nowMs);
            bucket = taken.left();
            part = Optional.of(taken.part());
        }
        int share = given.map(Given::share).orElse(ask.holds());
        int units = part.map(each -> each.units().share()).orElse(0);
        rows.put(
                ask.owner(),
                new Row(
                        new Claimant(ask.owner(), share, ask.wants()),
                        new Claimant(ask.owner(), units, ask.wantsUnits()),
                        nowMs + ask.leaseMs()));
        return new Leased(given, part);
    }

    private List<Claimant> others(Ask ask, long nowMs, Function<Row, Claimant> which) {
        return rows.values().stream()
                .filter(row -> row.seenUntilMs() >= nowMs && !row.jobs().owner().equals(ask.owner()))
                .map(which)
                .toList();
    }
}
