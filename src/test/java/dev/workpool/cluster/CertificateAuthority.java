package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;

/** Issues certificates to nodes of this machine, with the JDK's keytool. */
final class CertificateAuthority {
    static final String PASSWORD = "changeit";

    private static final char[] SECRET = PASSWORD.toCharArray();
    private static final String ITSELF = "ca";

    private final Path directory;

    /** Has its own key and those that it has signed. */
    private final Path all;

    CertificateAuthority(Path directory) throws Exception {
        this.directory = directory;
        this.all = directory.resolve("all.p12");
        keytool("-alias", ITSELF, "-dname", "CN=ca", "-ext", "bc:c");
    }

    /** A store with the key of a node, and a certificate for it. */
    Path keysOf(String node) throws Exception {
        keytool("-alias", node, "-signer", ITSELF, "-dname", "CN=" + node, "-ext", "san=ip:127.0.0.1");
        KeyStore issued = load();
        KeyStore keys = empty();
        keys.setKeyEntry(node, issued.getKey(node, SECRET), SECRET, issued.getCertificateChain(node));
        return store(keys, node + ".p12");
    }

    /** A store with its certificate alone, for those who trust it. */
    Path trust() throws GeneralSecurityException, IOException {
        Certificate certificate = load().getCertificate(ITSELF);
        KeyStore trusted = empty();
        trusted.setCertificateEntry(ITSELF, certificate);
        return store(trusted, "trust.p12");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-keystore",
                all.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private KeyStore load() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(all)) {
            store.load(in, SECRET);
        }
        return store;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private Path store(KeyStore keys, String name) throws GeneralSecurityException, IOException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, SECRET);
        }
        return file;
    }
}
