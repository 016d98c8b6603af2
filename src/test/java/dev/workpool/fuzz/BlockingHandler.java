package dev.workpool.fuzz;

import dev.workpool.job.JobContext;

/** Does what a job's plan says on the thread that calls. */
final class BlockingHandler {
    Job.Result handle(Job job, JobContext context) throws Exception {
        Call call = Call.begin(job, context);
        Object end = null;
        try {
            new Acts(call, true, true).perform();
            Job.Result result = Attempts.end(call);
            end = new Object[] {result};
            return result;
        } catch (Throwable t) {
            end = t;
            throw t;
        } finally {
            call.end(end);
        }
    }
}
