package dev.calotype.studio;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.calotype.image.ImageFiles;
import dev.calotype.io.Progress;
import dev.calotype.run.TrainingObserver;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judgements with pictures, and sweeps as tables. */
@Tag("slow")
class JudgeRoomTest {
    private static final String TWO =
            """
            name: two
            recipe:
              data: {source: "rooms:train", size: 32}
              network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
              process: {steps: 4}
              sampling: {steps: 2}
              training: {steps: 2, minutes: 0, batch: 3, workers: 1, precision: fp32, warmup: 1, ema: [0.5]}
              evaluation: {network: scattering, against: "rooms:test"}
            axes: {training.learningRate: [0.001, 0.01]}
            evaluate: {images: 100, scores: [kid]}
            """;

    @TempDir
    private static Path folder;

    private static Studio studio;
    private static Client client;

    @BeforeAll
    static void started() throws IOException {
        Path runs = Files.createDirectories(folder.resolve("runs"));
        TinyRuns.labelled(runs, "tiny");
        Path sweeps = Files.createDirectories(runs.resolve("sweeps"));
        Sweep sweep = Sweep.parse(TWO, folder, List.of());
        new SweepRun(sweep, SweepDirectory.create(sweeps, sweep), TrainingObserver.SILENT, Progress.SILENT).all();
        studio = Studio.start(StudioSettings.of(folder.resolve("home"), runs)
                .atPort(0)
                .with(2, 0)
                .with(TrainingProcess.launcher()));
        client = new Client(studio.url());
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    @Test
    void aSweepIsATableWithAPictureInEachRow() throws Exception {
        JsonNode sweep = client.get("/api/sweeps").json().at("/sweeps/0");
        assertThat(sweep.path("id").asText()).isEqualTo("sweeps~two");
        JsonNode table = client.get("/api/sweeps/sweeps~two").json();
        assertThat(table.path("axes").get(0).asText()).isEqualTo("training.learningRate");
        assertThat(table.path("columns").findValuesAsText("name")).contains("kid", "training-steps");
        assertThat(table.path("rows")).hasSize(2);
        for (JsonNode row : table.path("rows")) {
            assertThat(row.at("/values/training-steps").asText()).isEqualTo("2");
            assertThat(row.at("/values/kid").asText()).isNotEmpty();
            byte[] picture = client.get(row.path("picture").asText()).body();
            assertThat(ImageFiles.decode(picture, 3).width()).isGreaterThan(64);
        }
        assertThat(table.path("rows").findValuesAsText("picture")).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        for (String path : List.of("sweeps~three", "sweeps~..", "two", "sweeps~two/pictures/2", "sweeps~two/report"))
            assertThat(client.get("/api/sweeps/" + path).status()).as(path).isEqualTo(404);
        assertThat(client.get("/api/sweeps/sweeps~two/pictures/x").status()).isEqualTo(400);
    }

    @Test
    void aJudgementComesWithPicturesBesideTheirNeighbours() throws Exception {
        JsonNode job = client.done("{\"type\":\"judge\",\"left\":\"tiny-001\",\"images\":64}");
        assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
        JsonNode told = client.get(job.at("/results/0/url").asText()).json();
        assertThat(told.at("/measures/fid").asDouble()).isEqualTo(12.5);
        assertThat(told.at("/neighbours/0/real")).hasSize(3);
        byte[] sheet = client.get(job.at("/results/1/url").asText()).body();
        assertThat(ImageFiles.decode(sheet, 3).width()).isEqualTo(38);
        assertThat(folder.resolve("home/temporary")).isEmptyDirectory();
    }

    @Test
    void bothAreShownOnThePage() throws IOException {
        Pages.chromium();
        try (Pages pages = new Pages(studio.url())) {
            Page page = pages.examined(1280, ColorScheme.LIGHT);
            pages.open(page, "judge");
            page.click("#judge");
            assertThat(page.locator("#neighbours img")).isVisible();
            page.getByText("Look at it").click();
            assertThat(page.locator("#sweep tbody tr")).hasCount(2);
            assertThat(Pages.faults(page)).isEmpty();
            page.locator("#sweep tbody button").nth(1).click();
            assertThat(page.locator("#viewer h2")).hasText("0.01");
            page.keyboard().press("Escape");
            page.getByText("All sweeps").click();
            assertThat(page.locator("#sweeps li")).hasCount(1);
            pages.requireNoComplaints();
        }
    }
}
