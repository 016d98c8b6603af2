package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.support.PoolTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that is stopped while its database is slow. */
@Timeout(120)
class GracefulServiceTest {
    private static final String URL = "jdbc:h2:mem:orders";
    private static final int ORDERS = 20;

    private final CountDownLatch slow = new CountDownLatch(1);
    private final CompletableFuture<Integer> rowsAtTheEnd = new CompletableFuture<>();

    private static int rows(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Writes nothing until it is let, and counts when it is closed. */
    private Connection watched(Connection database) {
        return (Connection) Proxy.newProxyInstance(
                GracefulServiceTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        slow.await();
                    } else if (method.getName().equals("close")) {
                        rowsAtTheEnd.complete(rows(database));
                    }
                    try {
                        return method.invoke(database, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whatWasTakenIsWrittenBeforeTheDatabaseIsClosed() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "orders");
        try (Connection database = DriverManager.getConnection(URL)) {
            try (Statement statement = database.createStatement()) {
                statement.execute("CREATE TABLE orders (text VARCHAR)");
            }
            GracefulService service = GracefulService.start(system, watched(DriverManager.getConnection(URL)), 0);
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/orders"));
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
            for (int i = 0; i < ORDERS; i++) {
                answers.add(client.sendAsync(
                        request.POST(HttpRequest.BodyPublishers.ofString("order " + i))
                                .build(),
                        HttpResponse.BodyHandlers.discarding()));
            }
            await().until(() -> PoolTest.get(service.orders().stats()).accepted() == ORDERS);
            CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "let-write", () -> {
                slow.countDown(); // the server has been stopped by now
                return CompletableFuture.completedFuture(Done.getInstance());
            });
            system.terminate();
            PoolTest.get(system.getWhenTerminated());
            assertThat(PoolTest.get(rowsAtTheEnd)).isEqualTo(ORDERS);
            await().until(() -> answers.stream().allMatch(CompletableFuture::isDone));
        }
    }
}
