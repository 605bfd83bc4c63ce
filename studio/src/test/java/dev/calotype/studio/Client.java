package dev.calotype.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Somebody who uses a studio over the web. */
public record Client(String url, HttpClient http) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Client(String url) {
        this(url, HttpClient.newHttpClient());
    }

    /** What came back. */
    public record Answer(int status, byte[] body, HttpResponse<byte[]> whole) {
        public JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path));
    }

    public Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
        return new Answer(answer.statusCode(), answer.body(), answer);
    }

    public Answer get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public Answer post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    public Answer postForm(String path, Map<String, byte[]> files, Map<String, String> fields)
            throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (var file : files.entrySet()) {
            body.writeBytes(("--BOUNDARY\r\nContent-Disposition: form-data; name=\"" + file.getKey()
                            + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(file.getValue());
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        for (var field : fields.entrySet())
            body.writeBytes(("--BOUNDARY\r\nContent-Disposition: form-data; name=\"" + field.getKey() + "\"\r\n\r\n"
                            + field.getValue() + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        body.writeBytes("--BOUNDARY--\r\n".getBytes(StandardCharsets.UTF_8));
        return send(request(path)
                .header("Content-Type", "multipart/form-data; boundary=BOUNDARY")
                .POST(BodyPublishers.ofByteArray(body.toByteArray())));
    }

    /** All events of a job until it is over. */
    public String events(String id) throws IOException, InterruptedException {
        return get("/api/jobs/" + id + "/events").text();
    }

    /** A job that was put in and is over. */
    public JsonNode done(String json) throws IOException, InterruptedException {
        Answer job = post("/api/jobs", json);
        if (job.status() != 202) throw new AssertionError(job.status() + " " + job.text());
        String id = job.json().path("id").asText();
        events(id);
        return get("/api/jobs/" + id).json();
    }
}
