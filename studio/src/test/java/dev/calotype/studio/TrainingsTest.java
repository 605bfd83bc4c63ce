package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in processes of their own, as a program on the web meets them. */
class TrainingsTest {
    private static final String TRAIN = "{\"type\":\"train\",\"recipe\":\"rooms\"}";

    @TempDir
    private Path folder;

    private String homeBefore;
    private Studio studio;
    private Client client;

    @BeforeEach
    void started() throws IOException {
        homeBefore = System.getProperty("calotype.home");
        System.setProperty("calotype.home", folder.toString());
        recipe(folder);
        Files.createDirectories(folder.resolve("runs"));
        open(settings().with(TrainingProcess.launcher()));
    }

    /** Endless rooms, with a checkpoint every second. */
    static void recipe(Path home) throws IOException {
        Files.createDirectories(home.resolve("recipes"));
        Files.write(
                home.resolve("recipes/rooms.yaml"),
                List.of(
                        "# Rooms in a hurry (Nobody et al. 1999). They will not be good.",
                        "# Command: none",
                        "name: rooms",
                        "data: {source: \"rooms:train\", size: 32}",
                        "network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32}",
                        "training: {steps: 1000000, minutes: 0, batch: 2, ema: [0.9], workers: 1, precision: fp32, checkpointSeconds: 1}",
                        "sampling: {steps: 2}",
                        "evaluation: {network: scattering}"));
    }

    private StudioSettings settings() {
        return StudioSettings.of(folder.resolve("home"), folder.resolve("runs"))
                .atPort(0)
                .with(1, 0);
    }

    private void open(StudioSettings settings) throws IOException {
        studio = Studio.start(settings);
        client = new Client(studio.url());
    }

    @AfterEach
    void stopped() throws IOException {
        studio.close();
        if (homeBefore == null) System.clearProperty("calotype.home");
        else System.setProperty("calotype.home", homeBefore);
    }

    @Test
    @Tag("slow")
    void aTrainingOutlivesItsStudioPausedAndGoesOnInTheSameRun() throws Exception {
        JsonNode put = client.post("/api/jobs", TRAIN).json();
        String job = "/api/jobs/" + put.path("id").asText();
        String run = awaitSamples(job, 1);
        studio.close();
        assertThat(Files.exists(folder.resolve("runs/" + run + "/checkpoints/best.json")))
                .isTrue();

        open(settings().with(TrainingProcess.launcher()));
        assertThat(client.get(job).json().path("state").asText()).isEqualTo("paused");
        int before = samples(run);
        assertThat(tell(job, "resume", "another's").status()).isEqualTo(403);
        String token = put.path("token").asText();
        assertThat(tell(job, "resume", token).status()).isEqualTo(200);
        assertThat(awaitSamples(job, before + 1)).isEqualTo(run);
        assertThat(tell(job, "cancel", token).status()).isEqualTo(200);
        assertThat(client.events(put.path("id").asText())).contains("\"state\":\"cancelled\"");
        assertThat(client.get("/api/runs/" + run + "/statistics?after=0").json().path("statistics"))
                .isNotEmpty();
    }

    private Client.Answer tell(String job, String what, String token) throws Exception {
        return client.send(
                client.request(job + "/" + what).header("X-Job-Token", token).POST(BodyPublishers.noBody()));
    }

    /** The run of a training, once it has so many samples: looked at whenever it tells that it came further. */
    private String awaitSamples(String job, int count) throws Exception {
        try (Stream<String> lines = client.http()
                .send(client.request(job + "/events").build(), BodyHandlers.ofLines())
                .body()) {
            for (String line : (Iterable<String>) lines::iterator)
                if (line.startsWith("event: progress") && samples(run(job)) >= count) return run(job);
        }
        throw new AssertionError(client.get(job).text());
    }

    private String run(String job) throws Exception {
        return client.get(job).json().path("memory").path("run").asText();
    }

    private int samples(String run) throws Exception {
        return client.get("/api/runs/" + run + "/samples")
                .json()
                .path("samples")
                .size();
    }

    @Test
    void recipesAndTheirCostAreTold() throws Exception {
        JsonNode recipe = client.get("/api/recipes").json().path("recipes").get(0);
        assertThat(recipe.path("what").asText()).isEqualTo("Rooms in a hurry.");
        assertThat(recipe.path("values").path("data.source").asText()).isEqualTo("rooms:train");
        JsonNode cost = client.post("/api/recipes/rooms/cost", "{\"set\":{\"training.minutes\":\"2\"}}")
                .json();
        assertThat(cost.path("seconds").asDouble()).isEqualTo(120);
        assertThat(cost.path("memory").asLong()).isBetween(100L << 20, 1L << 30);
        long larger = client.post("/api/recipes/rooms/cost", "{\"set\":{\"training.batch\":\"256\"}}")
                .json()
                .path("memory")
                .asLong();
        assertThat(larger).isGreaterThan(cost.path("memory").asLong());
    }

    @Test
    void aRequestNamesNoFileAndNoProgram() throws Exception {
        Map<String, String> wrong = Map.of(
                "{\"type\":\"train\",\"recipe\":\"../rooms\"}", "there is no recipe ../rooms",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"data\":\"/etc\"}", "nothing is there in the folders",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"set\":{\"data.source\":\"/etc\"}}",
                        "set may name values of",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"set\":{\"evaluation.network\":\"torchscript:x\"}}",
                        "set may name values of",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"set\":{\"training.batch\":\"2\\nx\"}}", "one short line",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"set\":{\"training.bach\":\"2\"}}", "bach",
                "{\"type\":\"train\",\"recipe\":\"rooms\",\"name\":\"../../up\"}", "name",
                "{\"type\":\"judge\",\"left\":\"/etc\"}", "nothing is there in the folders",
                "{\"type\":\"judge\",\"left\":\"rooms:test\",\"measures\":\"fid --network x\"}",
                        "measures must be names");
        for (Map.Entry<String, String> request : wrong.entrySet()) {
            Client.Answer answer = client.post("/api/jobs", request.getKey());
            assertThat(answer.status()).as(answer.text()).isBetween(400, 404);
            assertThat(answer.text())
                    .as(request.getKey())
                    .contains(request.getValue())
                    .doesNotContain(folder.toString());
        }
        for (String path :
                List.of("/api/runs/..%2f..%2fetc/samples", "/api/runs/.lock/samples", "/api/sweeps/..~x/report"))
            assertThat(client.get(path).status()).as(path).isBetween(400, 404);
    }

    @Test
    void aStudioWithinAnotherProgramSaysThatItTrainsNothing() throws Exception {
        studio.close();
        open(settings());
        Client.Answer answer = client.post("/api/jobs", TRAIN);
        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.text()).contains("did not say how to start a process");
    }
}
