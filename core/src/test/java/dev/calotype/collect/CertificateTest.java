package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.calotype.collect.CollectSettings.Resizing;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** expired.p12 was made by the JDK's keytool: valid for January 2020, signed by itself. */
    @Test
    void aHostWhoseCertificateIsNotValidIsNotAsked() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = CertificateTest.class.getResourceAsStream("/collect/expired.p12")) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", Web.status(200));
        server.start();
        CollectSettings settings = new CollectSettings(
                24, Resizing.NO, 1, 1, 1, 1, 0, 300, 0, 1000, 1000, -1, "calotype-test", List.of("127.0.0.1"));
        try (Fetcher fetcher = new Fetcher(settings)) {
            URI uri = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
            assertThatThrownBy(() -> fetcher.get(uri, 1000))
                    .isInstanceOfSatisfying(
                            CollectException.class, e -> assertThat(e.why()).isEqualTo(Cause.CERTIFICATE));
        } finally {
            server.stop(0);
        }
    }
}
