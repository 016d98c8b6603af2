package dev.workpool.cluster.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.support.PoolTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages of all kinds are read as they were written; what is damaged says so. A failure names its seed. */
class WireSerializerTest extends PoolTest {
    private static final int ROUNDS = 200;

    private WireSerializer serializer;
    private List<ActorRef<WireMessage>> refs;

    @BeforeAll
    void makeSerializer() {
        serializer = new WireSerializer((ExtendedActorSystem) Adapter.toClassic(system));
        refs = List.of(
                kit.<WireMessage>createTestProbe().ref(),
                kit.<WireMessage>createTestProbe().ref());
    }

    private List<WireMessage> messages(long seed) {
        return new AnyMessages(new Random(seed), refs).ofEveryKind();
    }

    private WireMessage read(byte[] bytes, WireMessage kind) {
        return (WireMessage) serializer.fromBinary(bytes, serializer.manifest(kind));
    }

    /** Arrays are no values. */
    private static void assertSame(WireMessage read, WireMessage written, long seed) {
        if (written instanceof WireMessage.Frame frame) {
            WireMessage.Frame other = (WireMessage.Frame) read;
            assertThat(other.bytes()).as("seed %d", seed).isEqualTo(frame.bytes());
            assertThat(new WireMessage.Frame(other.session(), other.number(), other.last(), frame.bytes()))
                    .as("seed %d", seed)
                    .isEqualTo(frame);
        } else {
            assertThat(read).as("seed %d", seed).isEqualTo(written);
        }
    }

    @Test
    void messagesAreReadAsTheyWereWritten() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            for (WireMessage message : messages(seed)) {
                assertSame(read(serializer.toBinary(message), message), message, seed);
            }
        }
    }

    @Test
    void aStopForACancelIsToldFromOneForATimeOut() {
        for (long timeoutNs : new long[] {-1, 0, 1, 5_000_000_000L}) {
            WireMessage stop = new WireMessage.ToStation(7, 1, new StationCommand.Stop(3, timeoutNs, true));
            assertThat(read(serializer.toBinary(stop), stop)).isEqualTo(stop);
        }
    }

    private static boolean hasNoLimits(WireMessage message) {
        return withoutLimits(message).equals(message)
                && (message instanceof WireMessage.Open || message instanceof WireMessage.Opened);
    }

    /** As an older version writes it. */
    private static WireMessage withoutLimits(WireMessage message) {
        if (message instanceof WireMessage.Open open) {
            return new WireMessage.Open(
                    open.version(),
                    open.oldest(),
                    open.session(),
                    open.pool(),
                    open.fleet(),
                    open.frames(),
                    open.jobs(),
                    open.results(),
                    open.leaseNs(),
                    open.renewalNs(),
                    open.limit(),
                    WireMessage.Limits.UNKNOWN);
        } else if (message instanceof WireMessage.Opened opened) {
            return new WireMessage.Opened(
                    opened.session(), opened.frames(), opened.results(), WireMessage.Limits.UNKNOWN);
        }
        return message;
    }

    @Test
    void whatALaterVersionAddsAtTheEndIsNotRead() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            for (WireMessage message : messages(seed)) {
                if (hasNoLimits(message)) {
                    continue; // they are what this version adds to the one before
                }
                byte[] bytes = serializer.toBinary(message);
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 40);
                Arrays.fill(longer, bytes.length, longer.length, (byte) 0xA5);
                assertSame(read(longer, message), message, seed);
            }
        }
    }

    @Test
    void aMessageThatWasCutOffIsDamaged() {
        for (WireMessage message : messages(42)) {
            byte[] bytes = serializer.toBinary(message);
            for (int cut = 0; cut < bytes.length; cut++) {
                byte[] part = Arrays.copyOf(bytes, cut);
                WireMessage older = withoutLimits(message);
                if (!older.equals(message) && cut == serializer.toBinary(older).length) {
                    assertThat(read(part, message)).isEqualTo(older);
                    continue;
                }
                assertThatThrownBy(() -> read(part, message))
                        .as("%s cut after %d bytes", message, cut)
                        .isInstanceOf(DamagedBlock.class);
            }
        }
    }

    @Test
    void aMessageWithOtherBytesIsReadOrDamaged() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            for (WireMessage message : messages(seed)) {
                byte[] bytes = serializer.toBinary(message);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                try {
                    read(bytes, message);
                } catch (DamagedBlock e) {
                    assertThat(e).hasMessageMatching("(?s).+");
                } catch (Throwable t) {
                    throw new AssertionError("seed " + seed + ": " + message, t);
                }
            }
        }
    }

    @Test
    void anUnknownKindIsNamed() {
        assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "Z9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Z9");
        assertThatThrownBy(() -> serializer.toBinary("text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text");
    }

    @Test
    void akkaFindsItForMessages() {
        Serialization all = SerializationExtension.get(Adapter.toClassic(system));
        for (WireMessage message : messages(1)) {
            assertThat(all.findSerializerFor(message)).isInstanceOf(WireSerializer.class);
        }
        assertThat(all.serializerByIdentity().get(serializer.identifier()).get())
                .isInstanceOf(WireSerializer.class);
    }
}
