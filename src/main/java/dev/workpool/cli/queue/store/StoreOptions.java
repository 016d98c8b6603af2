package dev.workpool.cli.queue.store;

import dev.workpool.cli.job.Messages;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.NativePaths;
import dev.workpool.cli.text.UsageException;
import dev.workpool.durable.JobStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say which store a command is about. */
public final class StoreOptions {
    private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    @Option(
            names = "--store",
            paramLabel = "FILE|URL",
            description = "Where the queues are: a file of SQLite, or jdbc:postgresql://HOST/DATABASE[?user=NAME].")
    private String store;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "Read the password of the database from the first line of FILE. Default: WORKPOOL_STORE_PASSWORD or "
                            + "PGPASSWORD of the environment, or ~/.pgpass.")
    private String passwordFile;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "The schema of the database that the tables are in. Default: that of the user.")
    private String schema;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "What the names of the tables begin with. Default: workpool_.")
    private String prefix;

    @Option(
            names = "--no-schema-creation",
            description =
                    "Make no tables, and bring none up to date: for users who may not. workpool queue schema prints what "
                            + "somebody else has to run.")
    private boolean noSchemaCreation;

    /** The store as it would be opened, for what needs no connection to it. PostgreSQL unless a file is named. */
    public JobStore unopened() throws UsageException {
        boolean isFile = store != null && !StoreAddress.of(store).isDatabase();
        return named(isFile ? JobStore.sqlite(NativePaths.of(store)) : JobStore.postgres("jdbc:postgresql:", "", ""));
    }

    private JobStore named(JobStore opened) throws UsageException {
        try {
            JobStore inSchema = schema == null ? opened : opened.withSchema(schema);
            JobStore prefixed = prefix == null ? inSchema : inSchema.withPrefix(prefix);
            return prefixed.withSchemaCreation(!noSchemaCreation);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /**
     * Opens the store.
     *
     * @param make whether a file is made that is not there
     * @throws UsageException if there is no such store, or it does not let us in
     * @throws StoreFailure if it does not answer
     */
    public OpenStore open(boolean make) throws UsageException, StoreFailure {
        StoreAddress address = StoreAddress.of(store);
        if (!address.isDatabase() && (passwordFile != null || schema != null)) {
            throw new UsageException((schema == null ? "--password-file" : "--schema")
                    + " is about a database: give --store jdbc:postgresql://HOST/DATABASE");
        }
        OpenStore opened = new OpenStore(
                named(address.isDatabase() ? database(address) : JobStore.sqlite(file(make))), address.text());
        try {
            opened.store().watch(); // or it would be opened by what is asked first
        } catch (IllegalArgumentException e) { // such as a file that cannot be written
            throw new UsageException("--store '" + store + "': " + e.getMessage());
        } catch (IllegalStateException e) {
            throw opened.failure(e);
        }
        return opened;
    }

    private JobStore database(StoreAddress address) throws UsageException, StoreFailure {
        Map<String, String> environment = System.getenv();
        String user = address.user().orElse(environment.getOrDefault("PGUSER", System.getProperty("user.name")));
        String password = passwordFile == null
                ? environment.getOrDefault("WORKPOOL_STORE_PASSWORD", environment.get("PGPASSWORD"))
                : readPassword();
        new Login(address, user, password).check();
        return JobStore.postgres(address.text(), user, password);
    }

    private String readPassword() throws UsageException {
        try (BufferedReader reader = Files.newBufferedReader(NativePaths.of(passwordFile), StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            if (line != null && !line.isEmpty()) {
                return line;
            }
        } catch (IOException | InvalidPathException e) {
            throw notAllowed("--password-file", passwordFile, Messages.why(e));
        }
        throw notAllowed("--password-file", passwordFile, "its first line is empty");
    }

    private Path file(boolean make) throws UsageException {
        try {
            Path file = NativePaths.of(store);
            Path folder = file.getParent() == null ? file.toAbsolutePath().getParent() : file.getParent();
            if (Files.isDirectory(file)) {
                throw notAllowed("--store", store, "a folder");
            } else if (Files.exists(file)) {
                checkKind(file, make);
            } else if (!Files.isDirectory(folder)) {
                throw notAllowed("--store", store, "no such folder: " + folder);
            } else if (!make) {
                throw noStore("no such file", "it");
            }
            return file;
        } catch (IOException | InvalidPathException e) {
            throw notAllowed("--store", store, Messages.why(e));
        }
    }

    /** SQLite would say so much later, and of a file of another program not always. */
    private void checkKind(Path file, boolean make) throws IOException, UsageException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] beginning = in.readNBytes(SQLITE.length);
            if (beginning.length == 0 && !make) { // which SQLite would fill even for who only looks
                throw noStore("an empty file, without a store in it", "one");
            } else if (beginning.length > 0 && !Arrays.equals(beginning, SQLITE)) {
                throw notAllowed("--store", store, "not a file of SQLite");
            }
        }
    }

    private UsageException noStore(String why, String what) {
        return new UsageException(
                "--store '" + store + "': " + why + "; workpool queue add --store " + store + " makes " + what);
    }

    private static UsageException notAllowed(String option, String value, String why) {
        return new UsageException(option + " '" + value + "': " + why + "; allowed: " + Allowed.after(option));
    }
}
