package dev.workpool.durable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workpool.support.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The kinds of stores, each of which has to do what the others do. */
enum StoreKind {
    SQLITE {
        @Override
        Place create() throws IOException {
            Path directory = Files.createTempDirectory("workpool-store");
            return new Place(JobStore.sqlite(directory.resolve("jobs.db")), () -> delete(directory));
        }
    },
    POSTGRES {
        @Override
        Place create() throws SQLException {
            DataSource database = TestPostgres.shared().createDatabase();
            HikariConfig config = new HikariConfig();
            config.setDataSource(database);
            config.setMaximumPoolSize(10);
            config.setMinimumIdle(1);
            HikariDataSource pool = new HikariDataSource(config);
            return new Place(JobStore.postgres(pool), pool::close);
        }
    };

    /** A new store, empty. */
    abstract Place create() throws Exception;

    /** A store and what goes with it. */
    record Place(JobStore store, Runnable cleanUp) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
            cleanUp.run();
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
