package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A studio that has a name and a key. */
class GuardTest {
    private static final String KEY = "a-key-of-the-test";

    @TempDir
    private static Path folder;

    private static Studio studio;

    @BeforeAll
    static void started() throws IOException {
        studio = Studio.start(StudioSettings.of(folder.resolve("home"), Files.createDirectory(folder.resolve("runs")))
                .at("127.0.0.1", Set.of("Pictures.Example.org"))
                .atPort(0)
                .with(1, 0)
                .withKey(KEY));
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    /** The head of what comes back. */
    private static String answer(String line, String host, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", studio.port())) {
            String request = line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                    + String.join(
                            "",
                            java.util.Arrays.stream(headers)
                                    .map(header -> header + "\r\n")
                                    .toList()) + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String here() {
        return "127.0.0.1:" + studio.port();
    }

    @Test
    void itAnswersToItsNamesAndToNoOthers() throws IOException {
        for (String name :
                new String[] {here(), "localhost:" + studio.port(), "pictures.example.org", "PICTURES.EXAMPLE.ORG:443"})
            assertThat(answer("GET /health/live", name)).as(name).startsWith("HTTP/1.1 200");
        assertThat(answer("GET /health/live", "example.org")).startsWith("HTTP/1.1 421");
    }

    @Test
    void theApiWantsTheKeyAndPagesDoNot() throws IOException {
        assertThat(answer("GET /", here())).startsWith("HTTP/1.1 200");
        for (String path :
                new String[] {"/api/jobs", "/v1/models", "/metrics", "/api/openapi.json", "/api//jobs", "/API/jobs"})
            assertThat(answer("GET " + path, here())).as(path).doesNotStartWith("HTTP/1.1 200");
        assertThat(answer("GET /api/jobs", here(), "Authorization: Bearer " + KEY))
                .startsWith("HTTP/1.1 200");
        assertThat(answer("GET /api/jobs", here(), "Authorization: Bearer " + KEY + "x"))
                .startsWith("HTTP/1.1 401");
        assertThat(answer("GET /api/jobs", here(), "Cookie: calotype-session=" + KEY))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void noSlashMoreOpensAnything() throws IOException {
        assertThat(studio.routes()).hasSizeGreaterThan(20);
        for (String route : studio.routes())
            for (String end : new String[] {"", "/", "//"}) {
                String line = route.replaceAll("\\{[a-z]+}", "x") + end;
                boolean open = line.contains(" /health/") || line.endsWith("/api/session");
                String answer = answer(line, here(), "Content-Length: 0");
                if (!open) assertThat(answer).as(line).doesNotStartWith("HTTP/1.1 2");
            }
    }

    @Test
    void aBrowserThatSentTheKeyHasACookie() throws Exception {
        Client client = new Client(studio.url());
        assertThat(client.post("/api/session", "{\"key\":\"another-key-of-it\"}")
                        .status())
                .isEqualTo(401);
        Client.Answer admitted = client.post("/api/session", "{\"key\":\"" + KEY + "\"}");
        String cookie = admitted.whole().headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
        assertThat(answer("GET /api/jobs", here(), "Cookie: " + cookie.split(";")[0]))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void whatAnotherPageSendsChangesNothing() throws IOException {
        String key = "Authorization: Bearer " + KEY;
        assertThat(answer("POST /api/jobs/x/cancel", here(), key, "Origin: http://" + here(), "Content-Length: 0"))
                .startsWith("HTTP/1.1 404");
        assertThat(answer("POST /api/jobs/x/cancel", here(), key, "Origin: http://evil.example", "Content-Length: 0"))
                .startsWith("HTTP/1.1 403");
        assertThat(answer("GET /api/jobs", here(), key)).contains("Cross-Origin-Resource-Policy: same-origin");
    }

    @Test
    void settingsThatCannotBeAreRefused() throws IOException {
        assertThatThrownBy(() -> StudioSettings.of(folder).withKey("short"))
                .hasMessage("the key must have at least 16 characters: 5");
        assertThatThrownBy(() -> StudioSettings.of(folder).atPort(70_000))
                .hasMessage("port must be in 0..65535: 70000");
        assertThatThrownBy(() -> StudioSettings.of(folder).with(-4, 0)).hasMessage("threads must be in 0..1024: -4");
        Path file = Files.writeString(folder.resolve("model.safetensors"), "");
        assertThatThrownBy(() -> Studio.start(
                        StudioSettings.of(folder.resolve("other"), file).atPort(0)))
                .hasMessage("models must lie in a folder, and this is a file: " + file);
        assertThatThrownBy(() -> Studio.start(
                        StudioSettings.of(folder.resolve("other"), folder).atPort(studio.port())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen at 127.0.0.1:" + studio.port());
    }
}
