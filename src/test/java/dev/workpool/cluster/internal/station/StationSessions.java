package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.cluster.internal.wire.WireMessage.Limits;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A session without a station, and what its fleet is told. */
final class StationSessions {
    final TestInbox<WireMessage> fleet = TestInbox.create();
    final TestInbox<WireMessage> frames = TestInbox.create();
    final StationSession session;

    StationSessions(long id, int limit) {
        Encoding encoding = new Encoding("strings", 1);
        FrameSender sender = new FrameSender(id, frames.getRef(), 1 << 20, 1 << 20);
        session = new StationSession(
                new WireMessage.Open(
                        1,
                        1,
                        id,
                        "pool",
                        fleet.getRef(),
                        frames.getRef(),
                        encoding,
                        encoding,
                        1_000,
                        100,
                        limit,
                        Limits.UNKNOWN),
                sender,
                new FrameReceiver(1 << 20, 1 << 20),
                new Lease(1, Integer.MAX_VALUE, () -> 0, Long.MAX_VALUE),
                new OutcomeReports(sender, 0, 0),
                new Intake(1 << 30),
                1 << 20);
    }

    /** A batch of the fleet's. */
    SessionBatch batch(long id, long localId, int priority) {
        JobPolicy none = JobPolicy.NONE;
        JobPolicy policy = new JobPolicy(
                Optional.empty(), none.retry(), Optional.empty(), false, false, 1, priority, none.weight());
        SessionBatch batch = new SessionBatch(
                session,
                id,
                localId,
                TestInbox.<Collector.Command<byte[]>>create().getRef(),
                policy,
                null);
        session.batches.put(id, batch);
        return batch;
    }

    static Slice<byte[]> slice(SessionBatch batch, int first, int count) {
        return new Slice<>(batch.ref, first, new Object[count], 0, count, 1);
    }

    /** The jobs of which outcomes were reported since the last call, as "batch:index". */
    List<String> reported() {
        session.reports.sendIfDue(true, 0);
        List<String> jobs = new ArrayList<>();
        for (WireMessage message : frames.getAllReceived()) {
            WireMessage.Frame frame = (WireMessage.Frame) message;
            assertThat(frame.last()).isTrue();
            session.frames.acknowledged(frame.number());
            ByteReader in = new ByteReader(frame.bytes());
            for (int left = in.getSize(); left > 0; left--) {
                OutcomesBlock.Reader block = new OutcomesBlock.Reader(in.getBlock());
                for (long index = block.first(); index < block.first() + block.count(); index++) {
                    jobs.add(block.batchId() + ":" + index);
                }
            }
        }
        return jobs;
    }

    <E> List<E> told(Class<E> kind) {
        return fleet.getAllReceived().stream()
                .map(message -> ((WireMessage.ToFleet) message).event())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** What was asked for since the last call; −1 if nothing was. */
    long demanded() {
        return told(FleetEvent.Demand.class).stream()
                .mapToLong(FleetEvent.Demand::upTo)
                .max()
                .orElse(-1);
    }
}
