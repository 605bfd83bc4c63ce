package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.studio.draw.Reproduction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A studio with one small model, as a program on the web meets it. */
class StudioTest {
    @TempDir
    private static Path folder;

    private static Studio studio;
    private static Client client;

    @BeforeAll
    static void started() throws IOException {
        studio = TinyRuns.studio(folder);
        client = new Client(studio.url());
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    @Test
    void aModelIsFoundWithWhatItCanDo() throws Exception {
        JsonNode model = client.get("/api/models").json().path("models").get(0);
        assertThat(model.path("id").asText()).isEqualTo("tiny-001");
        assertThat(model.path("kind").asText()).isEqualTo("diffusion");
        assertThat(model.path("can").toString()).isEqualTo("[\"draw\",\"interpolate\"]");
        assertThat(model.path("classes").toString()).isEqualTo("[\"bright\",\"dark\"]");
        assertThat(model.path("samplers").toString()).contains("\"ddim\"").doesNotContain("truncation");
        assertThat(model.path("defaults").path("steps").asInt()).isEqualTo(4);
        assertThat(client.get("/api/models/tiny-001").json()).isEqualTo(model);
        assertThat(client.get("/api/models/none").status()).isEqualTo(404);
    }

    @Test
    void aDrawnPictureSaysHowItIsMadeAgain() throws Exception {
        JsonNode job = client.done(
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"class\":\"dark\",\"count\":3,\"seed\":7,\"steps\":3,\"sampler\":\"ddim\"}");
        assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
        assertThat(job.path("results")).hasSize(3);
        byte[] third =
                client.get(job.path("results").get(2).path("url").asText()).body();
        Path file = Files.write(folder.resolve("third.png"), third);
        assertThat(PngFile.text(file))
                .containsEntry("seed", "7")
                .containsEntry("index", "2")
                .containsKey("weights");

        Client.Answer sent = client.postForm("/api/uploads", Map.of("file", third), Map.of());
        assertThat(sent.status()).as(sent.text()).isEqualTo(201);
        Reproduction.Again drawn = Reproduction.of(file, List.of(folder.resolve("runs")), Progress.SILENT);
        assertThat(drawn.isSame()).as(drawn.differences().toString()).isTrue();
        assertThat(drawn.differences()).isEmpty();
        JsonNode request = sent.json().path("settings").path("request");
        JsonNode again = client.done(request.toString().replace("{", "{\"type\":\"draw\","));
        byte[] made =
                client.get(again.path("results").get(0).path("url").asText()).body();
        assertThat(ImageFiles.decode(made, 3)).isEqualTo(ImageFiles.decode(third, 3));
    }

    @Test
    void whoFollowsAJobSeesItsStepsAndItsResults() throws Exception {
        JsonNode put = client.post(
                        "/api/jobs",
                        "{\"type\":\"draw\",\"model\":\"tiny-001\",\"seed\":1,\"sampler\":\"ddim\",\"steps\":4,\"preview\":1}")
                .json();
        String events = client.events(put.path("id").asText());
        assertThat(events).contains("event: state").contains("event: result").contains("\"state\":\"done\"");
        String later = client.events(put.path("id").asText());
        assertThat(later)
                .as("who comes afterwards misses nothing")
                .contains("event: result")
                .contains("\"state\":\"done\"");
    }

    @Test
    void aRequestThatCannotBeDoneIsOneSentence() throws Exception {
        Map<String, String> wrong = Map.of(
                "{\"type\":\"draw\"}", "model must be given",
                "{\"type\":\"drow\"}", "type must be one of draw",
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"stps\":3}", "there is no field stps",
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"steps\":300}", "steps",
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"count\":1000}",
                        "count must be a whole number in 1..64: 1000",
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"class\":\"grey\"}", "class must be one of bright, dark",
                "{\"type\":\"draw\",\"model\":\"tiny-001\",\"prompt\":\"a cat\"}", "prompt must be left out",
                "[]", "the body must be a JSON object");
        for (var entry : wrong.entrySet()) {
            Client.Answer answer = client.post("/api/jobs", entry.getKey());
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(400);
            assertThat(answer.json().path("error").path("message").asText()).contains(entry.getValue());
        }
    }

    @Test
    void aSeedThatWasNotAskedForIsTold() throws Exception {
        JsonNode drawn = client.done("{\"type\":\"draw\",\"model\":\"tiny-001\"}");
        assertThat(drawn.path("request").path("seed").isIntegralNumber())
                .as(drawn.toString())
                .isTrue();
        Client.Answer images =
                client.post("/v1/images/generations", "{\"model\":\"tiny-001\",\"prompt\":\"dark\",\"steps\":2}");
        assertThat(images.json().path("seed").isIntegralNumber())
                .as(images.text().substring(0, 200))
                .isTrue();
    }

    @Test
    void whatNoModelHereCanIsToldInWords() throws Exception {
        byte[] picture = PngFile.encode(new Picture(8, 8, 3, new byte[192]), Map.of());
        Map<String, byte[]> image = Map.of("image", picture);
        Map<String, String> tiny = Map.of("model", "tiny-001");
        assertThat(client.postForm("/v1/images/edits", image, Map.of("prompt", "x"))
                        .text())
                .contains("no model here can edit pictures");
        assertThat(client.postForm("/v1/images/variations", image, Map.of()).text())
                .contains("no model here can draw variations");
        assertThat(client.postForm("/v1/images/variations", image, tiny).text())
                .contains("the model tiny-001 cannot draw variations, only draw, interpolate");
        assertThat(client.post("/v1/images/generations", "{\"model\":\"tiny-001\",\"n\":0}")
                        .text())
                .contains("n must be a whole number in 1..64: 0");
        assertThat(client.postForm("/api/uploads", Map.of(), Map.of("other", "x"))
                        .text())
                .contains("the form must have one file, called file");
    }

    @Test
    void whatClientsOfOpenAiMaySendIsTakenOrRefusedByItsName() throws Exception {
        String usual = "{\"model\":\"tiny-001\",\"prompt\":\"dark\",\"steps\":2,";
        for (String taken : List.of(
                "\"quality\":\"xhigh\",\"complexity\":\"low\",\"moderation\":\"auto\",\"background\":\"auto\"",
                "\"safety_identifier\":\"x\",\"user\":\"y\",\"style\":\"vivid\",\"output_compression\":100",
                "\"n\":null,\"size\":\"auto\",\"stream\":false,\"partial_images\":0,\"svg\":null"))
            assertThat(client.post("/v1/images/generations", usual + taken + "}")
                            .status())
                    .as(taken)
                    .isEqualTo(taken.contains("svg") ? 400 : 200);
        Map<String, String> refused = Map.of(
                "\"background\":\"transparent\"", "background must be one of auto, opaque: transparent",
                "\"output_format\":\"gif\"", "output_format must be one of png, jpeg, webp: gif",
                "\"frame_count\":9", "there is no field frame_count",
                "\"svg\":{\"model\":\"x\"}", "there is no field svg",
                "\"partial_images\":2", "partial_images want stream: 2",
                "\"stream\":true,\"response_format\":\"url\"",
                        "response_format must be b64_json where events are streamed: url",
                "\"quality\":\"best\"", "quality must be one of auto, low");
        for (var entry : refused.entrySet()) {
            Client.Answer answer = client.post("/v1/images/generations", usual + entry.getKey() + "}");
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(400);
            assertThat(answer.json().at("/error/message").asText()).contains(entry.getValue());
        }
        byte[] picture = PngFile.encode(new Picture(8, 8, 3, new byte[192]), Map.of());
        for (String call : List.of("edits", "variations"))
            assertThat(client.postForm("/v1/images/" + call, Map.of("image", picture, "markup", picture), Map.of())
                            .text())
                    .contains("the form must have no files but image, image[]")
                    .contains(": markup");
    }

    @Test
    void wrongJsonIsToldWithItsPlaceAndNothingOfTheParser() throws Exception {
        for (String wrong : List.of("{", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "{\"a\":x}", "[1,"))
            assertThat(client.post("/api/jobs", wrong).text())
                    .contains("the body is not JSON: ")
                    .contains(" at line 1, column ")
                    .doesNotContain("Source")
                    .doesNotContain("REDACTED");
    }

    @Test
    void settingsThatCannotBeAreRefused() throws Exception {
        StudioSettings usual = StudioSettings.of(folder.resolve("home"));
        for (String name : List.of("a b/c", "http://x", "x:80", "", "-", "ä"))
            assertThatThrownBy(() -> usual.at("127.0.0.1", Set.of(name)))
                    .as(name)
                    .hasMessageContaining("name must be the name of a host");
        assertThat(usual.at("127.0.0.1", Set.of("Pictures.Example.org", "a_b", "[::1]"))
                        .names())
                .contains("pictures.example.org");
        Path file = Files.writeString(folder.resolve("a file"), "x");
        assertThatThrownBy(() -> Studio.start(StudioSettings.of(file).atPort(0)))
                .hasMessageContaining("the home of a studio must be a folder, and this is a file: " + file);
        StudioSettings taken = StudioSettings.of(folder.resolve("other")).atPort(studio.port());
        assertThatThrownBy(() -> Studio.start(taken)).hasMessageContaining("the port is taken");
    }

    @Test
    void onlyWhoHasTheTokenMayCancel() throws Exception {
        JsonNode job = client.post("/api/jobs", "{\"type\":\"draw\",\"model\":\"tiny-001\",\"count\":64,\"steps\":20}")
                .json();
        String path = "/api/jobs/" + job.path("id").asText() + "/cancel";
        assertThat(client.post(path, "{}").status()).isEqualTo(403);
        var own = client.request(path)
                .header("X-Job-Token", job.path("token").asText())
                .POST(BodyPublishers.noBody());
        assertThat(client.send(own).status()).isEqualTo(200);
        client.events(job.path("id").asText());
        assertThat(client.get("/api/jobs").json().get(0).path("id").asText()).isNotEmpty();
    }

    @Test
    void manyClientsAtOnceEachGetThePictureThatIsDrawnAlone() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int seed = 0; seed < 64; seed++)
            answers.add(client.http()
                    .sendAsync(
                            client.request("/v1/images/generations")
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"model\":\"tiny-001\",\"prompt\":\""
                                            + (seed % 2 == 0 ? "dark" : "bright") + "\",\"seed\":" + seed + "}"))
                                    .build(),
                            BodyHandlers.ofByteArray()));
        List<Picture> pictures = new ArrayList<>();
        for (var answer : answers) {
            JsonNode json = new ObjectMapper().readTree(answer.get().body());
            pictures.add(ImageFiles.decode(json.at("/data/0/b64_json").binaryValue(), 3));
        }
        for (int seed = 0; seed < 64; seed += 9) {
            JsonNode alone = client.done("{\"type\":\"draw\",\"model\":\"tiny-001\",\"class\":\""
                    + (seed % 2 == 0 ? "dark" : "bright") + "\",\"seed\":" + seed + "}");
            byte[] made = client.get(alone.at("/results/0/url").asText()).body();
            assertThat(pictures.get(seed)).as("seed " + seed).isEqualTo(ImageFiles.decode(made, 3));
        }
    }

    @Test
    void pagesComeOutOfTheJarWithAStrictPolicy() throws Exception {
        Client.Answer page = client.get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.whole().headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .startsWith("default-src 'self'");
        assertThat(client.get("/nothing.html")
                        .json()
                        .path("error")
                        .path("message")
                        .asText())
                .isEqualTo("there is nothing at this address");
    }

    @Test
    void anAddressSaysWhichMethodsItTakes() throws Exception {
        Client.Answer answer = client.send(
                HttpRequest.newBuilder(URI.create(studio.url() + "/api/jobs")).DELETE());
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.whole().headers().firstValue("Allow").orElseThrow()).contains("GET", "POST");
    }

    @Test
    void theDocumentHasEveryRouteAndNoOther() throws Exception {
        List<String> documented = new ArrayList<>();
        JsonNode document = client.get("/api/openapi.json").json();
        document.path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(documented).containsExactlyInAnyOrderElementsOf(studio.routes());
        for (JsonNode reference : document.findValues("$ref"))
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
    }

    @Test
    void theDocumentHasTheFieldsOfDrawing() throws Exception {
        JsonNode document = client.get("/api/openapi.json").json();
        document.at("/components/schemas/Draw/properties").fieldNames().forEachRemaining(name -> {
            try {
                String message = client.post(
                                "/api/jobs", "{\"type\":\"draw\",\"model\":\"none\",\"" + name + "\":null}")
                        .text();
                assertThat(message).as(name).doesNotContain("there is no field");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void theStateOfThingsIsTold() throws Exception {
        client.done("{\"type\":\"draw\",\"model\":\"tiny-001\"}");
        JsonNode status = client.get("/api/status").json();
        assertThat(status.path("ready").asBoolean()).isTrue();
        assertThat(status.path("queue").path("capacity").asInt()).isEqualTo(128);
        assertThat(client.get("/health/ready").text()).isEqualTo("ready\n");
        assertThat(client.get("/metrics").text()).contains("calotype_jobs_total{state=\"done\"}");
    }
}
