package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that go away before their pictures are drawn, while the engine is busy with something else. */
class GoneClientsTest {
    private static final int SIDE = 32;

    @TempDir
    private static Path folder;

    private static Studio studio;
    private static Client client;
    private JsonNode before;

    @BeforeAll
    static void started() throws IOException {
        studio = TinyRuns.studio(folder);
        client = new Client(studio.url());
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    /** A restoration that takes longer than any test; what is put in after it waits. */
    @BeforeEach
    void busy() throws Exception {
        byte[] black = PngFile.encode(new Picture(SIDE, SIDE, 3, new byte[3 * SIDE * SIDE]), Map.of());
        String image = client.postForm("/api/uploads", Map.of("file", black), Map.of())
                .json()
                .path("id")
                .asText();
        before = client.post(
                        "/api/jobs",
                        "{\"type\":\"restore\",\"task\":\"denoise\",\"method\":\"dip\",\"iterations\":100000,\"image\":\""
                                + image + "\"}")
                .json();
        assertThat(before.path("id").asText()).as(before.toString()).isNotEmpty();
    }

    @AfterEach
    void idle() throws Exception {
        client.send(client.request("/api/jobs/" + before.path("id").asText() + "/cancel")
                .header("X-Job-Token", before.path("token").asText())
                .POST(BodyPublishers.noBody()));
        client.events(before.path("id").asText());
    }

    private static Socket generation(String more) throws IOException {
        Socket socket = new Socket("127.0.0.1", studio.port());
        String body = "{\"model\":\"tiny-001\",\"prompt\":\"dark\"" + more + "}";
        write(
                socket,
                "POST /v1/images/generations",
                "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return socket;
    }

    /** The newest job, once it is one that waits for what the engine is busy with. */
    private String put() throws Exception {
        while (true) {
            JsonNode newest = client.get("/api/jobs?limit=1").json().path(0);
            boolean other = !newest.path("id").equals(before.path("id"));
            if (other && newest.path("state").asText().equals("queued"))
                return newest.path("id").asText();
        }
    }

    private String end(String id) throws Exception {
        while (true) {
            String state = client.get("/api/jobs/" + id).json().path("state").asText();
            if (!state.equals("queued")) return state;
        }
    }

    @Test
    void whoGoesAwayLeavesNothingToBeDrawn() throws Exception {
        for (String more : new String[] {"", ",\"stream\":true", ",\"stream\":true,\"partial_images\":2"}) {
            String job;
            try (Socket socket = generation(more)) {
                job = put();
                assertThat(socket.isConnected()).isTrue();
            }
            assertThat(end(job)).as(more).isEqualTo("cancelled");
        }
    }

    @Test
    void whoSendsTheNextRequestMeanwhileIsAnsweredInTurn() throws Exception {
        try (Socket socket = generation("")) {
            String job = put();
            write(socket, "GET /health/live", "Connection: close\r\n\r\n");
            idle();
            client.events(job);
            assertThat(all(socket)).contains("b64_json").endsWith("alive\n");
        }
    }

    @Test
    void whatOthersWatchIsDrawnAllTheSame() throws Exception {
        try (Socket watcher = new Socket("127.0.0.1", studio.port());
                Socket socket = generation("")) {
            write(watcher, "GET /api/jobs/" + put() + "/events", "\r\n");
            assertThat(watcher.getInputStream().read()).isEqualTo('H');
            socket.shutdownOutput();
            idle();
            assertThat(all(socket)).contains("b64_json");
        }
    }

    private static void write(Socket socket, String call, String more) throws IOException {
        socket.getOutputStream()
                .write((call + " HTTP/1.1\r\nHost: localhost:" + studio.port() + "\r\n" + more)
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String all(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
