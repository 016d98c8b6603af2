package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CuttableProxyTest {
    private ServerSocket echo;
    private CuttableProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        proxy = new CuttableProxy(echo.getLocalPort());
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = echo.accept();
                Thread connection = new Thread(() -> answer(socket), "echo-connection");
                connection.setDaemon(true);
                connection.start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // cut
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    private static int ask(Socket client, char letter) throws IOException {
        client.getOutputStream().write(letter);
        return client.getInputStream().read();
    }

    @Test
    void bytesGoBothWaysUntilTheEnd() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, 'a')).isEqualTo('a');
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aCutResetsWhatIsOpenAndLetsNewOnesThrough() throws IOException {
        try (Socket client = connect();
                Socket after = connectAfterCut(client)) {
            assertThatThrownBy(() -> ask(client, 'b')).isInstanceOf(SocketException.class);
            assertThat(ask(after, 'c')).isEqualTo('c');
        }
    }

    private Socket connectAfterCut(Socket client) throws IOException {
        assertThat(ask(client, 'a')).isEqualTo('a');
        proxy.cut();
        return connect();
    }

    @Test
    void whatHangsArrivesWhenItHasHealed() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, 'a')).isEqualTo('a');
            proxy.hang();
            client.setSoTimeout(20);
            assertThatThrownBy(() -> ask(client, 'b')).isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(0);
            proxy.heal();
            assertThat(client.getInputStream().read()).isEqualTo('b');
        }
    }

    @Test
    void whatIsRefusedIsReset() throws IOException {
        try (Socket before = connect()) {
            assertThat(ask(before, 'a')).isEqualTo('a');
            proxy.refuse();
            try (Socket client = connect()) {
                assertThatThrownBy(() -> {
                            ask(client, 'b');
                            ask(client, 'b');
                        })
                        .isInstanceOf(SocketException.class);
            }
            assertThat(ask(before, 'c')).isEqualTo('c');
        }
    }

    @Test
    void anAnswerIsLostOnce() throws IOException {
        proxy.loseAnswer("x");
        try (Socket client = connect()) {
            assertThat(ask(client, 'a')).isEqualTo('a');
            assertThat(proxy.waitsForAnswer()).isTrue();
            assertThatThrownBy(() -> ask(client, 'x')).isInstanceOf(SocketException.class);
            assertThat(proxy.waitsForAnswer()).isFalse();
        }
        try (Socket client = connect()) {
            assertThat(ask(client, 'x')).isEqualTo('x');
        }
    }
}
