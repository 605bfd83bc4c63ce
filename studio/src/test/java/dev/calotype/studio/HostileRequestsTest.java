package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that want what they must not have. Each is sent as bytes, as no client would; each gets one sentence, and the studio goes on.
 */
class HostileRequestsTest {
    private static final String SECRET = "what nobody may read";

    @TempDir
    private static Path folder;

    private static Studio studio;

    /** A request, and why it is refused. */
    private record Hostile(String name, byte[] bytes) {}

    @BeforeAll
    static void started() throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        Files.writeString(folder.resolve("secret.txt"), SECRET);
        Files.createDirectories(folder.resolve("outside/run-001"));
        Files.writeString(folder.resolve("outside/run-001/experiment.yaml"), "seed: 1\n");
        Files.createSymbolicLink(models.resolve("link"), folder.resolve("outside"));
        studio = Studio.start(
                StudioSettings.of(folder.resolve("home"), models).atPort(0).with(1, 0));
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    private static String host() {
        return "127.0.0.1:" + studio.port();
    }

    private static byte[] request(String line, String headers, String body) {
        byte[] content = body.getBytes(StandardCharsets.ISO_8859_1);
        return bytes(line + " HTTP/1.1\r\nHost: " + host() + "\r\n" + headers + "Content-Length: " + content.length
                + "\r\nConnection: close\r\n\r\n" + body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] json(String path, String body) {
        return request("POST " + path, "Content-Type: application/json\r\n", body);
    }

    private static byte[] form(String path, String part, String content) {
        return request(
                "POST " + path,
                "Content-Type: multipart/form-data; boundary=B\r\n",
                "--B\r\nContent-Disposition: form-data; " + part + "\r\n\r\n" + content + "\r\n--B--\r\n");
    }

    private static List<Hostile> all() {
        List<Hostile> all = new ArrayList<>();
        paths(all);
        hosts(all);
        bodies(all);
        values(all);
        files(all);
        return all;
    }

    private static void add(List<Hostile> all, String name, byte[] bytes) {
        all.add(new Hostile(name, bytes));
    }

    /** Ways out of a folder. */
    private static void paths(List<Hostile> all) {
        List<String> ways = new ArrayList<>();
        for (String up : List.of("..", "%2e%2e", ".%2e", "..%00", "..;", "....", "%252e%252e", "..%c0%af", "..%5c"))
            for (String end : List.of("/secret.txt", "%2fsecret.txt", "/../secret.txt")) ways.add(up + end);
        for (String way : ways) {
            add(all, "page " + way, request("GET /" + way, "", ""));
            add(all, "model " + way, request("GET /api/models/" + way, "", ""));
            add(all, "result " + way, request("GET /api/jobs/" + way + "/results/0", "", ""));
        }
        for (String path : List.of(
                "../secret.txt",
                "../outside/run-001",
                "link/run-001",
                "/etc/passwd",
                "/",
                "..",
                "",
                "\\u0000",
                "a\\u0000/../../secret.txt",
                "~/.ssh",
                "file:///etc/passwd",
                "\\\\\\\\host\\\\share",
                "x".repeat(5000))) add(all, "import " + path, json("/api/models", "{\"path\":\"" + path + "\"}"));
        for (String id : List.of("../../secret.txt", "..", "/etc/passwd", "0".repeat(31), "G".repeat(32), ""))
            add(all, "upload " + id, request("GET /api/uploads/" + id.replace("/", "%2f"), "", ""));
    }

    /** Requests that another page sends, or that mean another server. */
    private static void hosts(List<Hostile> all) {
        for (String host : List.of(
                "evil.example",
                "evil.example:" + studio.port(),
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "192.168.1.5",
                "[::2]",
                "127.0.0.1@evil.example",
                "",
                "local host"))
            add(
                    all,
                    "host " + host,
                    bytes("GET /api/jobs HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
        for (String origin : List.of(
                "http://evil.example",
                "null",
                "https://evil.example:" + studio.port(),
                "http://127.0.0.1:1",
                "http://localhost:" + studio.port(),
                "http://" + host() + ".evil.example"))
            add(
                    all,
                    "origin " + origin,
                    request(
                            "POST /api/jobs",
                            "Content-Type: application/json\r\nOrigin: " + origin + "\r\n",
                            "{\"type\":\"draw\",\"model\":\"x\"}"));
        add(
                all,
                "cross-site",
                request(
                        "POST /api/jobs",
                        "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n",
                        "{\"type\":\"draw\",\"model\":\"x\"}"));
        for (String method : List.of("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HACK"))
            add(all, "method " + method, request(method + " /api/jobs", "", ""));
    }

    /** Bodies that are not what they say. */
    private static void bodies(List<Hostile> all) {
        for (String path : List.of("/api/jobs", "/api/models", "/v1/images/generations", "/api/session")) {
            for (String body : List.of(
                    "",
                    "null",
                    "[]",
                    "\"x\"",
                    "{",
                    "{\"a\":1}}",
                    "{\"a\":1,\"a\":2}",
                    "[".repeat(5000),
                    "{\"a\":".repeat(200) + "1" + "}".repeat(200),
                    "{\"n\":" + "9".repeat(5000) + "}",
                    "\u0000\u0001\u00ff")) add(all, "json of " + path + " " + body.length(), json(path, body));
            add(all, "large " + path, json(path, "{\"a\":\"" + "x".repeat(1_100_000) + "\"}"));
            for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "text/html", "x"))
                add(
                        all,
                        "type " + type + " of " + path,
                        request("POST " + path, "Content-Type: " + type + "\r\n", "{\"type\":\"draw\"}"));
        }
        add(all, "long header", request("GET /", "X: " + "a".repeat(20_000) + "\r\n", ""));
        add(all, "long line", request("GET /" + "a".repeat(20_000), "", ""));
        add(all, "no request", bytes("\u0016\u0003\u0001\r\n\r\n"));
        add(
                all,
                "two lengths",
                bytes("POST /api/jobs HTTP/1.1\r\nHost: " + host()
                        + "\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello"));
        add(
                all,
                "length and chunks",
                bytes("POST /api/jobs HTTP/1.1\r\nHost: " + host()
                        + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"));
        add(
                all,
                "negative length",
                bytes("POST /api/jobs HTTP/1.1\r\nHost: " + host()
                        + "\r\nContent-Length: -5\r\nConnection: close\r\n\r\n"));
    }

    /** Values that no request has. */
    private static void values(List<Hostile> all) {
        for (String field : List.of(
                "\"count\":-1",
                "\"count\":1e9",
                "\"count\":\"2\"",
                "\"count\":1.5",
                "\"steps\":0",
                "\"steps\":1000000",
                "\"steps\":null,\"width\":99999999",
                "\"width\":-5",
                "\"seed\":1e400",
                "\"seed\":99999999999999999999",
                "\"seed\":\"<script>\"",
                "\"guidance\":\"NaN\"",
                "\"sampler\":{}",
                "\"prompt\":\"" + "x".repeat(20_000) + "\"",
                "\"adapters\":\"x\"",
                "\"adapters\":[{\"file\":\"/etc/passwd\"}]",
                "\"image\":\"../../secret.txt\"",
                "\"preview\":-1",
                "\"type\":[]",
                "\"__proto__\":{}"))
            add(all, "value " + field, json("/api/jobs", "{\"type\":\"draw\",\"model\":\"none\"," + field + "}"));
        for (String query : List.of("limit=0", "limit=-1", "limit=x", "limit=99999", "limit=" + "9".repeat(500)))
            add(all, "query " + query, request("GET /api/jobs?" + query, "", ""));
        for (String number : List.of("-1", "x", "99999999999", "1.5"))
            add(all, "number " + number, request("GET /api/jobs/none/results/" + number, "", ""));
        add(
                all,
                "cancel of another's",
                request("POST /api/jobs/none/cancel", "X-Job-Token: '; drop table job\r\n", ""));
        add(all, "query in sql", request("GET /api/jobs/'%20or%201=1--", "", ""));
    }

    /** Files that are no pictures, or claim too much. */
    private static void files(List<Hostile> all) {
        byte[] good = PngFile.encode(new Picture(8, 8, 3, new byte[192]), java.util.Map.of());
        String png = new String(good, StandardCharsets.ISO_8859_1);
        byte[] bomb = good.clone();
        Arrays.fill(bomb, 16, 24, (byte) 0x7f); // the sides
        String part = "name=\"file\"; filename=\"a.png\"";
        for (String content : List.of(
                "",
                "x",
                SECRET,
                "<svg onload=alert(1)>",
                "GIF89a",
                "%PDF-1.7",
                png.substring(0, 20),
                png.substring(0, png.length() / 2),
                new String(bomb, StandardCharsets.ISO_8859_1),
                "\u00ff\u00d8\u00ff\u00e0" + "\u0000".repeat(100)))
            add(all, "file of " + content.length(), form("/api/uploads", part, content));
        add(all, "no file", form("/api/uploads", "name=\"other\"", "x"));
        add(all, "a name that leads out", form("/api/uploads", "name=\"file\"; filename=\"../../x.png\"", "x"));
        add(all, "edits without a model", form("/v1/images/edits", "name=\"image\"; filename=\"a.png\"", png));
        add(all, "variations without a model", form("/v1/images/variations", "name=\"image\"; filename=\"a\"", "x"));
        add(
                all,
                "a form without an end",
                request("POST /api/uploads", "Content-Type: multipart/form-data; boundary=B\r\n", "--B\r\nContent-"));
        add(
                all,
                "a form without a boundary",
                request("POST /api/uploads", "Content-Type: multipart/form-data\r\n", "x"));
    }

    /** The status and the body of what comes back. */
    private static String[] answer(byte[] request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", studio.port())) {
            socket.setSoTimeout(300_000);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(request);
                out.flush();
            } catch (IOException e) {
                assertThat(e).as("it did not read all of it").isNotNull();
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(all);
            } catch (IOException e) {
                assertThat(all.size())
                        .as("an answer came before the connection was closed")
                        .isNotZero();
            }
            String text = all.toString(StandardCharsets.UTF_8);
            int body = text.indexOf("\r\n\r\n");
            return new String[] {text.split(" ", 3)[1], body < 0 ? "" : text.substring(body + 4)};
        }
    }

    private static Set<String> tree() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString)
                    .filter(name -> !name.contains("jobs.") && !name.contains("/temporary/"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void eachIsRefusedInOneSentenceAndLeavesNothing() throws Exception {
        Set<String> before = tree();
        List<Hostile> hostile = all();
        assertThat(hostile).hasSizeGreaterThan(200);
        for (Hostile request : hostile) {
            String[] answer = answer(request.bytes());
            assertThat(answer[0]).as(request.name() + ": " + answer[1]).startsWith("4");
            if (request.name().startsWith("a form without"))
                assertThat(answer[0]).isEqualTo("400");
            assertThat(answer[1])
                    .as(request.name())
                    .doesNotContain(SECRET)
                    .doesNotContain("\tat ")
                    .doesNotContain(folder.toString());
            String json = answer[1].contains("{")
                    ? answer[1].substring(answer[1].indexOf('{'), answer[1].lastIndexOf('}') + 1)
                    : "{}";
            JsonNode error = new ObjectMapper().readTree(json).path("error").path("message");
            assertThat(error.asText())
                    .as(request.name() + ": " + answer[1])
                    .isNotEmpty()
                    .doesNotContain("\n");
            assertThat(error.asText().length()).as(request.name()).isLessThan(400);
        }
        assertThat(tree()).isEqualTo(before);
        assertThat(answer(request("GET /health/live", "", ""))[0]).isEqualTo("200");
        try (Stream<Path> left = Files.list(folder.resolve("home/temporary"))) {
            assertThat(left).isEmpty();
        }
    }
}
