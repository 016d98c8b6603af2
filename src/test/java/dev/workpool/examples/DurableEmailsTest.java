package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.durable.JobStore;
import dev.workpool.examples.DurableEmails.Email;
import dev.workpool.job.BatchProgress;
import dev.workpool.support.PoolTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DurableEmailsTest extends PoolTest {
    @TempDir
    private Path directory;

    private final Set<String> sent = ConcurrentHashMap.newKeySet();

    private static final List<Email> EMAILS = IntStream.range(0, 200)
            .mapToObj(i -> new Email("reader" + i, "news"))
            .toList();

    @Test
    void whatAProcessHasNotSentTheNextOneSends() throws Exception {
        JobStore first = JobStore.sqlite(directory.resolve("emails.db"));
        CompletableFuture<Void> ends = new CompletableFuture<>();
        CompletableFuture<Void> isClosed = ends.thenRunAsync(first::close);
        assertThatThrownBy(() -> DurableEmails.send(system, first, "news", EMAILS, email -> {
                    sent.add(email.to());
                    if (sent.size() >= 50) {
                        ends.complete(null);
                        new CompletableFuture<>().get(); // the end of the process comes before that of the job
                    }
                    return null;
                }))
                .hasMessageContaining("closed");
        get(isClosed);
        int sentAtFirst = sent.size();
        assertThat(sentAtFirst).isLessThan(EMAILS.size());

        try (JobStore second = JobStore.sqlite(directory.resolve("emails.db"))) {
            BatchProgress counts = DurableEmails.send(system, second, "news", EMAILS, email -> {
                sent.add(email.to());
                return null;
            });
            assertThat(counts.succeeded()).isEqualTo(EMAILS.size());
        }
        assertThat(sent).hasSize(EMAILS.size());
    }
}
