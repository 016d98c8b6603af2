package dev.workpool.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.codec.JobCodec;
import dev.workpool.support.ClassPath;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What is missing is named, and what is not needed is not missed. */
class OptionalLibrariesTest {
    private static final String REST = " on the class path; src/docs/durable.md has the dependency";

    private static String problemOf(JobStore store) throws SQLException {
        try (store;
                var connection = store.connection()) {
            return connection.isClosed() ? "closed" : "connected";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    /** In a file. */
    public static final class OnSqlite implements Callable<String> {
        @Override
        public String call() throws Exception {
            Path directory = Files.createTempDirectory("workpool-optional");
            return problemOf(JobStore.sqlite(directory.resolve("jobs.db")));
        }
    }

    /** With a data source of the application's. */
    public static final class OnPostgres implements Callable<String> {
        @Override
        public String call() throws Exception {
            Object none = Proxy.newProxyInstance(
                    OnPostgres.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> null);
            return problemOf(JobStore.postgres((DataSource) none));
        }
    }

    /** With connections of the library's. */
    public static final class ByUrl implements Callable<String> {
        @Override
        public String call() throws Exception {
            return problemOf(JobStore.postgres("jdbc:postgresql://127.0.0.1/none", "nobody", ""));
        }
    }

    /** A codec. */
    public static final class Json implements Callable<String> {
        @Override
        public String call() {
            try {
                return JobCodec.json(String.class).name();
            } catch (IllegalStateException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void sqliteNeedsItsDriver() throws Exception {
        assertThat(ClassPath.without("sqlite-jdbc", OnSqlite.class))
                .isEqualTo("this job store needs org.xerial:sqlite-jdbc" + REST);
    }

    @Test
    void sqliteNeedsNothingElse() throws Exception {
        assertThat(ClassPath.without("postgresql", OnSqlite.class)).isEqualTo("connected");
        assertThat(ClassPath.without("HikariCP", OnSqlite.class)).isEqualTo("connected");
        assertThat(ClassPath.without("jackson", OnSqlite.class)).isEqualTo("connected");
    }

    @Test
    void postgresNeedsItsDriver() throws Exception {
        assertThat(ClassPath.without("postgresql", OnPostgres.class))
                .isEqualTo("this job store needs org.postgresql:postgresql" + REST);
        assertThat(ClassPath.without("postgresql", ByUrl.class))
                .isEqualTo("this job store needs org.postgresql:postgresql" + REST);
    }

    @Test
    void connectionsOfTheLibrarysAreHikaris() throws Exception {
        assertThat(ClassPath.without("HikariCP", ByUrl.class))
                .isEqualTo("this job store needs com.zaxxer:HikariCP" + REST);
    }

    @Test
    void jsonNeedsJackson() throws Exception {
        assertThat(ClassPath.without("jackson-databind", Json.class))
                .isEqualTo("JobCodec.json needs com.fasterxml.jackson.core:jackson-databind on the class path");
    }
}
