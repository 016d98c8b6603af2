package dev.workpool.cli.joblog;

import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Sink;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.output.Report;
import java.io.IOException;

/**
 * Shows how jobs ended, and then adds them to the job log: a job whose line is there has its result written out, so that a
 * run that is killed and resumed loses none. If the log cannot be written to, the run is asked to stop.
 */
public final class LoggedReport implements Report {
    private final Report report;
    private final Sink out;
    private final JobLog log;
    private final String name;
    private final Console console;
    private final Stop stop;
    private boolean lost;

    /**
     * A report that shows what another does.
     *
     * @param out where that one writes
     * @param name what the user calls the log
     */
    public LoggedReport(Report report, Sink out, JobLog log, String name, Console console, Stop stop) {
        this.report = report;
        this.out = out;
        this.log = log;
        this.name = name;
        this.console = console;
        this.stop = stop;
    }

    @Override
    public void show(Ending ending) throws IOException {
        report.show(ending);
        if (lost) {
            return; // results go on to be shown: whoever resumes the run gets them a second time
        }
        out.flush();
        try {
            log.add(ending);
        } catch (IOException e) {
            lost = true;
            console.say("--joblog '" + name + "': " + Messages.why(e) + "; the run is stopped");
            stop.request(ExitStatus.FAILED);
        }
    }
}
