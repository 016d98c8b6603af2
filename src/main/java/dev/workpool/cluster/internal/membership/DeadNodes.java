package dev.workpool.cluster.internal.membership;

import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.DowningProvider;
import com.typesafe.config.Config;
import java.time.Duration;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Has nodes leave the membership whose process has ended, and no others. Akka makes it by its name in {@code
 * akka.cluster.downing-provider-class}.
 */
public final class DeadNodes extends DowningProvider {
    private static final String LEAVE_AFTER = "workpool-cluster.dead-nodes-leave-after";
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(1);

    private final Duration leaveAfter;

    /** What Akka calls. It would not start a node, nor say so, if this threw: {@link #check} does. */
    public DeadNodes(ActorSystem system) {
        Duration set = system.settings().config().getDuration(LEAVE_AFTER);
        leaveAfter = isAllowed(set) ? set : MOST;
    }

    /**
     * Checks how long a dead node stays, where that is set.
     *
     * @throws IllegalArgumentException if that is not allowed
     */
    public static void check(Config config) {
        if (config.hasPath(LEAVE_AFTER) && !isAllowed(config.getDuration(LEAVE_AFTER))) {
            throw new IllegalArgumentException(
                    LEAVE_AFTER + " = " + config.getValue(LEAVE_AFTER).unwrapped() + "; allowed: 1s to 1 day");
        }
    }

    private static boolean isAllowed(Duration duration) {
        return duration.compareTo(LEAST) >= 0 && duration.compareTo(MOST) <= 0;
    }

    @Override
    public FiniteDuration downRemovalMargin() {
        return FiniteDuration.Zero(); // who is out has ended
    }

    @Override
    public Option<Props> downingActorProps() {
        return Option.apply(Adapter.props(() -> DeadNodeWatch.create(leaveAfter)));
    }
}
