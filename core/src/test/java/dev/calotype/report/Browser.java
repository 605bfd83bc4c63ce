package dev.calotype.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A headless Chromium, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ADDRESS = Pattern.compile("ws://[^/]+");
    private static final long PATIENCE_SECONDS = 300;

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final List<String> complaints = new ArrayList<>();
    private int calls;

    /** Starts a browser with a fresh profile in {@code folder}; skips the running test where there is none. */
    Browser(Path folder) throws Exception {
        Path binary = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(binary != null, "no Chromium on this machine: the look of reports is not tested");
        process = new ProcessBuilder(
                        binary.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("chromium.txt").toFile())
                .start();
        HttpClient client = HttpClient.newHttpClient();
        String base = address(folder.resolve("chromium.txt"));
        HttpRequest list = HttpRequest.newBuilder(URI.create(base.replace("ws:", "http:") + "/json/list"))
                .build();
        JsonNode pages = JSON.readTree(
                client.send(list, HttpResponse.BodyHandlers.ofString()).body());
        URI page = URI.create(pages.get(0).get("webSocketDebuggerUrl").asText());
        socket = client.newWebSocketBuilder().buildAsync(page, new Inbox()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log")) call(domain + ".enable", "{}");
    }

    private String address(Path log) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher found = ADDRESS.matcher(Files.readString(log));
            if (found.find()) return found.group();
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
        throw new IOException("Chromium did not start: " + Files.readString(log));
    }

    /** Opens a file in a window of so many pixels, in a colour scheme: {@code light} or {@code dark}. */
    void open(Path file, int width, String scheme) throws Exception {
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]}");
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":" + width + ",\"height\":800,\"deviceScaleFactor\":1,\"mobile\":" + (width < 600) + "}");
        call("Page.navigate", "{\"url\":\"" + file.toUri() + "\"}");
        await("Page.loadEventFired");
    }

    /** The value of a JavaScript expression. */
    JsonNode evaluate(String expression) throws Exception {
        ObjectNode parameters =
                JSON.createObjectNode().put("expression", expression).put("returnByValue", true);
        return call("Runtime.evaluate", parameters.toString()).get("result").get("value");
    }

    /** The whole page as a PNG. */
    byte[] screenshot() throws Exception {
        JsonNode answer = call("Page.captureScreenshot", "{\"captureBeyondViewport\":true}");
        return Base64.getDecoder().decode(answer.get("data").asText());
    }

    /** The page as it is printed. */
    byte[] pdf() throws Exception {
        return Base64.getDecoder()
                .decode(call("Page.printToPDF", "{}").get("data").asText());
    }

    /** What the console and the browser complained of. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    private JsonNode call(String method, String parameters) throws Exception {
        int id = ++calls;
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (true) {
            JsonNode message = next();
            if (message.path("id").asInt() != id) continue;
            if (message.has("error")) throw new IOException(method + ": " + message.get("error"));
            return message.get("result");
        }
    }

    private void await(String event) throws Exception {
        while (!next().path("method").asText().equals(event)) continue;
    }

    private JsonNode next() throws Exception {
        JsonNode message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) throw new IOException("Chromium does not answer");
        String method = message.path("method").asText();
        if (List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                .contains(method)) complaints.add(message.get("params").toString());
        return message;
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
            process.destroyForcibly().waitFor();
    }

    /** Puts the parts of messages together. */
    private final class Inbox implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    messages.add(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
