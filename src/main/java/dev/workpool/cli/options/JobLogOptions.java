package dev.workpool.cli.options;

import dev.workpool.cli.job.Ending;
import dev.workpool.cli.job.Messages;
import dev.workpool.cli.joblog.JobHistory;
import dev.workpool.cli.joblog.JobLog;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.cli.text.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options about the job log. */
public final class JobLogOptions {
    private static final String STANDARD_STREAM = "-";

    @Option(
            names = "--joblog",
            paramLabel = "FILE",
            description = "Append a line for every job to FILE once it has ended and its result is written.")
    private String file;

    @Option(
            names = "--resume",
            description = "Leave out the jobs that the job log shows as succeeded, failed or timed out.")
    private boolean resume;

    @Option(names = "--retry-failed", description = "Leave out the jobs that the job log shows as succeeded.")
    private boolean retryFailed;

    @Option(
            names = "--resume-from-good",
            description = "Leave out the lines of a damaged job log that cannot be read: their jobs run again.")
    private boolean fromGood;

    private long damagedLines;

    /** Checks what can be checked without the file. */
    public void check() throws UsageException {
        String given = resume ? "--resume" : retryFailed ? "--retry-failed" : fromGood ? "--resume-from-good" : null;
        if (file == null && given != null) {
            throw new UsageException(given + " is about the jobs of a job log: give --joblog FILE as well");
        }
        if (fromGood && !resume && !retryFailed) {
            throw new UsageException(
                    given + " is about the jobs that are left out: give --resume or --retry-failed as well");
        }
        checkName(file);
    }

    /** Checks the name of a log, as far as that can be done without the file; null is none. */
    public static void checkName(String file) throws UsageException {
        if (file != null && (file.isEmpty() || file.equals(STANDARD_STREAM))) {
            throw notAllowed(file, file.isEmpty() ? "an empty name" : "standard output is for results (a file is ./-)");
        }
    }

    /**
     * Opens a log that is only added to.
     *
     * @param file its name, as the user gave it
     * @param operation what is done with the inputs, as an option; null if each job has its own
     * @param history gets the lines that are there
     * @return null if none is wanted
     */
    public static JobLog open(String file, String operation, JobHistory history) throws UsageException {
        checkName(file);
        try {
            return file == null ? null : JobLog.open(NativePaths.of(file), operation, history, line -> {});
        } catch (IOException | InvalidPathException e) {
            throw notAllowed(file, Messages.why(e));
        }
    }

    /**
     * Opens the log.
     *
     * @param lists the names of the lists of inputs
     * @param operation what is done with the inputs, as an option
     * @param history gets the lines of the log
     * @param readOnly whether nothing is to be added to it
     * @return null if none is wanted, or it is only read
     */
    public JobLog open(List<String> lists, String operation, JobHistory history, boolean readOnly)
            throws UsageException {
        if (file == null) {
            return null;
        }
        try {
            Path path = NativePaths.of(file);
            for (String list : lists) {
                if (isSame(path, list)) {
                    throw notAllowed(file, "the list of inputs '" + list + "'");
                }
            }
            if (readOnly) {
                JobLog.read(path, operation, history, this::damaged);
                return null;
            }
            return JobLog.open(path, operation, history, this::damaged);
        } catch (IOException | InvalidPathException e) {
            throw notAllowed(file, Messages.why(e));
        }
    }

    private void damaged(long line) throws IOException {
        if (!fromGood) {
            throw new IOException("line " + line
                    + " is not one of a job log: the file is damaged there, or is none; to leave out such "
                    + "lines, whose jobs run again: --resume-from-good with --resume");
        }
        damagedLines++;
    }

    /** How many lines of the log were left out. */
    public long damagedLines() {
        return damagedLines;
    }

    /** The outcomes after which a job is not run again: none that tells only that something stopped the run. */
    public Set<Ending.Kind> done() {
        if (retryFailed) {
            return EnumSet.of(Ending.Kind.SUCCEEDED);
        }
        return resume
                ? EnumSet.of(Ending.Kind.SUCCEEDED, Ending.Kind.FAILED, Ending.Kind.TIMED_OUT)
                : EnumSet.noneOf(Ending.Kind.class);
    }

    /** The name of the log, as the user gave it; null if there is none. */
    public String file() {
        return file;
    }

    private static boolean isSame(Path log, String list) throws IOException {
        Path path = list.equals(STANDARD_STREAM) ? Path.of("/dev/stdin") : NativePaths.of(list);
        return Files.exists(log) && Files.exists(path) && Files.isSameFile(log, path);
    }

    private static UsageException notAllowed(String file, String why) {
        return new UsageException("--joblog '" + file + "': " + why + "; allowed: " + Allowed.after("--joblog"));
    }
}
