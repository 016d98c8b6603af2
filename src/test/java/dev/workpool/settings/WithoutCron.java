package dev.workpool.settings;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;

/** What schedules say where there is no library for cron expressions. */
public final class WithoutCron implements Callable<String> {
    @Override
    public String call() {
        String interval = Schedule.every(Duration.ofSeconds(5)).toString();
        try {
            return Schedule.cron("* * * * *", ZoneOffset.UTC).toString();
        } catch (IllegalStateException e) {
            return interval + "; " + e.getMessage();
        }
    }
}
