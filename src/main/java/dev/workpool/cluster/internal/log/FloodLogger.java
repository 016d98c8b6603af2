package dev.workpool.cluster.internal.log;

import akka.event.Logging;
import akka.event.slf4j.Slf4jLogger;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Leaves out failures that a {@link FloodFilter} is not asked about: Akka's listener for dead letters fails at a message that is empty, which
 * whoever reaches the port can send. Made by Akka.
 */
public final class FloodLogger extends Slf4jLogger {
    private static final String LISTENER = "deadLetterListener";

    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        boolean isOfListener =
                message instanceof Logging.Error error && error.logSource().endsWith(LISTENER);
        if (!isOfListener || Unreadables.ALL.mayWrite()) {
            super.aroundReceive(receive, message);
        }
    }
}
