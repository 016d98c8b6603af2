package dev.workpool.cluster.internal.wire;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.cluster.internal.wire.WireMessage.Limits;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.ByteWriter;
import dev.workpool.codec.bytes.DamagedBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of messages between nodes. A manifest is the letter of a message and the version of its bytes. What later
 * versions add at the end of a message is not read here. Made by Akka; thread-safe.
 */
public final class WireSerializer extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 1_987_261_644;

    private static final String OPEN = "O1";
    private static final String OPENED = "A1";
    private static final String REFUSED = "R1";
    private static final String TO_STATION = "S1";
    private static final String TO_FLEET = "E1";
    private static final String FRAME = "F1";

    private final ExtendedActorSystem system;

    /** For Akka. */
    public WireSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        if (message instanceof WireMessage.Frame) {
            return FRAME;
        } else if (message instanceof WireMessage.ToStation) {
            return TO_STATION;
        } else if (message instanceof WireMessage.ToFleet) {
            return TO_FLEET;
        } else if (message instanceof WireMessage.Open) {
            return OPEN;
        } else if (message instanceof WireMessage.Opened) {
            return OPENED;
        }
        return REFUSED;
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof WireMessage.Frame frame) {
            ByteWriter out = new ByteWriter(frame.bytes().length + 24);
            out.putNumber(frame.session());
            out.putNumber(frame.number());
            out.putByte(frame.last() ? 1 : 0);
            out.putBlock(frame.bytes());
            return out.toBytes();
        }
        ByteWriter out = new ByteWriter(64);
        if (message instanceof WireMessage.ToStation to) {
            out.putNumber(to.session());
            out.putNumber(to.number());
            put(out, to.command());
        } else if (message instanceof WireMessage.ToFleet to) {
            out.putNumber(to.session());
            out.putNumber(to.number());
            put(out, to.event());
        } else if (message instanceof WireMessage.Open open) {
            out.putNumber(open.version());
            out.putNumber(open.oldest());
            out.putNumber(open.session());
            out.putText(open.pool());
            putRef(out, open.fleet());
            putRef(out, open.frames());
            put(out, open.jobs());
            put(out, open.results());
            out.putNumber(open.leaseNs());
            out.putNumber(open.renewalNs());
            out.putNumber(open.limit());
            put(out, open.intake());
        } else if (message instanceof WireMessage.Opened opened) {
            out.putNumber(opened.session());
            putRef(out, opened.frames());
            put(out, opened.results());
            put(out, opened.intake());
        } else if (message instanceof WireMessage.Refused refused) {
            out.putNumber(refused.session());
            out.putText(refused.reason());
        } else {
            throw new IllegalArgumentException("not a message between nodes: " + message);
        }
        return out.toBytes();
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        ByteReader in = new ByteReader(bytes);
        return switch (manifest) {
            case FRAME -> new WireMessage.Frame(in.getNumber(), in.getNumber(), in.getByte() == 1, in.getBlock());
            case TO_STATION -> new WireMessage.ToStation(in.getNumber(), in.getNumber(), getCommand(in));
            case TO_FLEET -> new WireMessage.ToFleet(in.getNumber(), in.getNumber(), getEvent(in));
            case OPEN ->
                new WireMessage.Open(
                        getInt(in),
                        getInt(in),
                        in.getNumber(),
                        in.getText(),
                        getRef(in),
                        getRef(in),
                        getEncoding(in),
                        getEncoding(in),
                        in.getNumber(),
                        in.getNumber(),
                        getInt(in),
                        getLimits(in));
            case OPENED -> new WireMessage.Opened(in.getNumber(), getRef(in), getEncoding(in), getLimits(in));
            case REFUSED -> new WireMessage.Refused(in.getNumber(), in.getText());
            default -> throw new IllegalArgumentException("a message between nodes of the unknown kind " + manifest);
        };
    }

    // Commands

    private static final int STOP = 1;
    private static final int CANCEL_JOB = 2;
    private static final int RECALL = 3;
    private static final int GRACE_IS_OVER = 4;
    private static final int TAKEN = 5;
    private static final int RENEWED = 6;
    private static final int CLOSE = 7;

    private static void put(ByteWriter out, StationCommand command) {
        if (command instanceof StationCommand.Stop stop) {
            out.putByte(STOP);
            out.putNumber(stop.batchId());
            out.putNumber(stop.timeoutNs() + 1);
            out.putByte(stop.running() ? 1 : 0);
        } else if (command instanceof StationCommand.CancelJob cancel) {
            out.putByte(CANCEL_JOB);
            out.putNumber(cancel.batchId());
            out.putNumber(cancel.index());
            out.putNumber(cancel.grants());
        } else if (command instanceof StationCommand.Recall recall) {
            out.putByte(RECALL);
            out.putNumber(recall.most());
            out.putByte(recall.all() ? 1 : 0);
        } else if (command instanceof StationCommand.GraceIsOver) {
            out.putByte(GRACE_IS_OVER);
        } else if (command instanceof StationCommand.Acknowledged acknowledged) {
            out.putByte(TAKEN);
            out.putNumber(acknowledged.frames());
        } else if (command instanceof StationCommand.Renewed renewed) {
            out.putByte(RENEWED);
            out.putNumber(renewed.renewal());
            out.putNumber(renewed.frames());
            out.putNumber(renewed.limit());
        } else {
            out.putByte(CLOSE);
        }
    }

    private static StationCommand getCommand(ByteReader in) {
        int kind = in.getByte();
        return switch (kind) {
            case STOP -> new StationCommand.Stop(in.getNumber(), in.getNumber() - 1, in.getByte() == 1);
            case CANCEL_JOB -> new StationCommand.CancelJob(in.getNumber(), in.getNumber(), in.getNumber());
            case RECALL -> new StationCommand.Recall(in.getNumber(), in.getByte() == 1);
            case GRACE_IS_OVER -> new StationCommand.GraceIsOver();
            case TAKEN -> new StationCommand.Acknowledged(in.getNumber());
            case RENEWED -> new StationCommand.Renewed(in.getNumber(), in.getNumber(), getInt(in));
            case CLOSE -> new StationCommand.Close();
            default -> throw new DamagedBlock("a command of kind " + kind);
        };
    }

    // Events

    private static final int DEMAND = 1;
    private static final int RETURNED = 2;
    private static final int RECALLED = 3;
    private static final int RENEW = 4;
    private static final int JOBS_TAKEN = 5;
    private static final int SLOW_DOWN = 6;
    private static final int LEAVING = 7;
    private static final int ENDED = 8;

    private static void put(ByteWriter out, FleetEvent event) {
        if (event instanceof FleetEvent.Demand demand) {
            out.putByte(DEMAND);
            out.putNumber(demand.upTo());
            out.putNumber((long) demand.costNs());
            out.putNumber(demand.workers());
        } else if (event instanceof FleetEvent.Returned returned) {
            out.putByte(RETURNED);
            out.putNumber(returned.batchId());
            out.putNumber(returned.attempt());
            out.putNumber(returned.first());
            out.putNumber(returned.count());
            out.putNumber(returned.upTo());
        } else if (event instanceof FleetEvent.Recalled) {
            out.putByte(RECALLED);
        } else if (event instanceof FleetEvent.Renew renew) {
            out.putByte(RENEW);
            out.putNumber(renew.renewal());
            out.putNumber(renew.frames());
            out.putNumber(renew.load().workers());
            out.putNumber(renew.load().running());
            out.putNumber(renew.load().abandoned());
            out.putNumber(renew.limit());
            out.putNumber(renew.begun());
            out.putNumber(renew.running().size());
            for (JobAt job : renew.running()) {
                out.putNumber(job.batchId());
                out.putNumber(job.index());
            }
        } else if (event instanceof FleetEvent.Acknowledged acknowledged) {
            out.putByte(JOBS_TAKEN);
            out.putNumber(acknowledged.frames());
        } else if (event instanceof FleetEvent.SlowDown slowDown) {
            out.putByte(SLOW_DOWN);
            out.putNumber(slowDown.ns());
        } else if (event instanceof FleetEvent.Leaving) {
            out.putByte(LEAVING);
        } else {
            out.putByte(ENDED);
            FleetEvent.Ended ended = (FleetEvent.Ended) event;
            out.putText(ended.reason());
            out.putByte(ended.unstarted() ? 1 : 0);
        }
    }

    private static FleetEvent getEvent(ByteReader in) {
        int kind = in.getByte();
        return switch (kind) {
            case DEMAND -> new FleetEvent.Demand(in.getNumber(), in.getNumber(), getInt(in));
            case RETURNED ->
                new FleetEvent.Returned(in.getNumber(), getInt(in), in.getNumber(), in.getNumber(), in.getNumber());
            case RECALLED -> new FleetEvent.Recalled();
            case RENEW ->
                new FleetEvent.Renew(
                        in.getNumber(),
                        in.getNumber(),
                        new Load(getInt(in), getInt(in), getInt(in)),
                        getInt(in),
                        in.getNumber(),
                        getRunning(in));
            case JOBS_TAKEN -> new FleetEvent.Acknowledged(in.getNumber());
            case SLOW_DOWN -> new FleetEvent.SlowDown(in.getNumber());
            case LEAVING -> new FleetEvent.Leaving();
            case ENDED -> new FleetEvent.Ended(in.getText(), in.getByte() == 1);
            default -> throw new DamagedBlock("an event of kind " + kind);
        };
    }

    private static List<JobAt> getRunning(ByteReader in) {
        int count = in.getSize();
        List<JobAt> running = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            running.add(new JobAt(in.getNumber(), in.getNumber()));
        }
        return running;
    }

    // Parts

    private static int getInt(ByteReader in) {
        return (int) Math.min(Integer.MAX_VALUE, in.getNumber());
    }

    private static void put(ByteWriter out, Encoding encoding) {
        out.putText(encoding.codec());
        out.putNumber(encoding.version());
    }

    private static Encoding getEncoding(ByteReader in) {
        return new Encoding(in.getText(), getInt(in));
    }

    private static void put(ByteWriter out, Limits limits) {
        if (!limits.equals(Limits.UNKNOWN)) { // else the bytes are those of an older version
            out.putNumber(limits.itemBytes());
            out.putNumber(limits.windowBytes());
        }
    }

    private static Limits getLimits(ByteReader in) {
        return in.isAtEnd() ? Limits.UNKNOWN : new Limits(getInt(in), getInt(in));
    }

    private void putRef(ByteWriter out, ActorRef<WireMessage> ref) {
        out.putText(resolver().toSerializationFormat(ref));
    }

    private ActorRef<WireMessage> getRef(ByteReader in) {
        String text = in.getText();
        try {
            return resolver().resolveActorRef(text);
        } catch (IllegalArgumentException e) {
            throw new DamagedBlock("an actor of the name " + text);
        }
    }

    private ActorRefResolver resolver() {
        return ActorRefResolver.get(Adapter.toTyped(system));
    }
}
