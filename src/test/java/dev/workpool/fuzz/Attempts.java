package dev.workpool.fuzz;

import java.io.IOException;

/** How an attempt ends: as its job's plan says. */
final class Attempts {
    private Attempts() {}

    static Job.Result end(Call call) {
        Plan plan = call.job.plan;
        if (call.attempt <= plan.failures) {
            throw sneaky(new IOException("attempt " + call.attempt));
        }
        if (plan.thrown >= 0) {
            throw sneaky(call.model.throwables.make(plan.thrown, "job " + call.job.id));
        }
        return call.job.result(call.attempt);
    }

    /** Throws whatever it is, as generated code and other languages do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
