package dev.workpool.cluster;

import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import java.io.ObjectInputFilter;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the tasks of executors on a node that works. Thread-safe. */
final class TaskHandler implements JobHandler<EncodedTask, Object> {
    private static final Logger log = LoggerFactory.getLogger(ClusterExecutor.class);

    private final ClassLoader classes;
    private final ObjectInputFilter filter;

    /**
     * Runs tasks.
     *
     * @param classes where their classes are
     * @param filter says which are allowed; null for the JVM's own
     */
    TaskHandler(ClassLoader classes, ObjectInputFilter filter) {
        this.classes = classes;
        this.filter = filter;
    }

    @Override
    public Object handle(EncodedTask encoded, JobContext context) throws Exception {
        try {
            Object task = JavaBytes.read(encoded.bytes(), classes, filter);
            if (encoded.kind() == EncodedTask.Kind.CALL) {
                return ((Callable<?>) task).call();
            }
            ((Runnable) task).run();
            return null;
        } catch (Throwable t) {
            if (encoded.kind() == EncodedTask.Kind.EXECUTE && !context.isCancelled()) {
                log.error("task {} has failed, and nobody waits for it", encoded.name(), t);
            }
            throw t;
        }
    }
}
