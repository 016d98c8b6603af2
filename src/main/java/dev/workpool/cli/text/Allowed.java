package dev.workpool.cli.text;

import java.util.Map;

/** What the values of options may be, in the words of messages about those that are not, and about those that are missing. */
public final class Allowed {
    public static final String WORKERS = "1 to 100000, 1% to 10000% of the processors, or adaptive";
    public static final String WORKERS_OF_NODE = "1 to 100000, or 1% to 10000% of the processors";
    public static final String MEETING =
            "an address that nodes can reach, and a port from 1 to 65535, as in 127.0.0.1:25520";
    public static final String OWN_ADDRESS =
            "an address of this machine, with or without a port, as in 10.0.0.7 or 10.0.0.7:25521";
    public static final String TIMEOUT = "1ms to 365d, as in 500ms, 1.5s, 2m, 3h or 10 (seconds)";
    public static final String RETRIES = "1 to 1000 attempts in all";
    public static final String BACKOFF =
            "1ms to 1d, as in 500ms or 2 (seconds), or two of them, the lower first, as in 1s..30s";
    public static final String RATE = "0.001/s to 1000000000/s, as in 10 (a second), 10/s, 90/m or 1000/h";
    public static final String HALT =
            "never, or now or soon, a comma, and fail, success or done = 1 or more, or above 0 to 100%, as "
                    + "in now,fail=1 or soon,done=50%";

    public static final String WORKER_RANGE = "two numbers from 1 to 100000, the lower first, as in 1..64";
    public static final String TUNING_TIME = "1s to 1d, as in 30s, 2m or 90 (seconds)";
    public static final String COLUMN_SEPARATOR = "a regular expression, as in , or \\t or [,;] or ' +'";
    public static final String PAGE = "a file in a folder that exists";

    public static final String STORE = "a file of SQLite, or a database as in jdbc:postgresql://HOST/DATABASE";
    public static final String QUEUE = "1 to 100 letters, digits, '-', '_' and '.'";
    public static final String PRIORITY = "-1000 to 1000, larger first";
    public static final String DELAY = "0 to 3650d, as in 30s, 5m, 2h, 1d or 90 (seconds)";
    public static final String KEY = "1 to 500 characters, all of them UTF-8";
    public static final String DEAD_LETTER = "numbers as workpool queue dead --list shows them";

    private static final Map<String, String> BY_OPTION = Map.ofEntries(
            Map.entry("--workers", WORKERS),
            Map.entry("--workers=LOW..HIGH", WORKER_RANGE),
            Map.entry("--workers=WORKERS", WORKERS_OF_NODE),
            Map.entry("--cluster", MEETING),
            Map.entry("--join", MEETING),
            Map.entry("--bind", OWN_ADDRESS),
            Map.entry("--for", TUNING_TIME),
            Map.entry("--report", PAGE),
            Map.entry("--exec", "a command for sh"),
            Map.entry("--shell", "a shell that reads sh's language, such as bash, dash, ksh or zsh"),
            Map.entry("--colsep", COLUMN_SEPARATOR),
            Map.entry("--format", "text, ndjson"),
            Map.entry("--input", "a file that can be read, or -"),
            Map.entry("--timeout", TIMEOUT),
            Map.entry("--retries", RETRIES),
            Map.entry("--backoff", BACKOFF),
            Map.entry("--rate", RATE),
            Map.entry("--halt", HALT),
            Map.entry("--joblog", "a new file in a folder that exists, or a job log of the same operation"),
            Map.entry("--store", STORE),
            Map.entry("--schema", "a schema of the database"),
            Map.entry("--prefix", "what the names of the tables begin with"),
            Map.entry("--password-file", "a file whose first line is the password"),
            Map.entry("--queue", QUEUE),
            Map.entry("--key", KEY),
            Map.entry("--priority", PRIORITY),
            Map.entry("--delay", DELAY),
            Map.entry("--from", "the version of tables that there are, 0 if there are none"),
            Map.entry("--error", "a text that is in the message of the error"),
            Map.entry("--progress", "auto, always, never"));

    private Allowed() {}

    /**
     * What may come after an option, by its name and what stands for its value: one name may mean different things to two commands.
     */
    public static String after(String option, String value) {
        String allowed = BY_OPTION.get(option + "=" + value);
        return allowed == null ? after(option) : allowed;
    }

    /** What may come after an option, by its name. */
    public static String after(String option) {
        String allowed = BY_OPTION.get(option);
        if (allowed == null) {
            throw new IllegalArgumentException("an option without a value, or a new one: " + option);
        }
        return allowed;
    }
}
