package dev.calotype.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ExitCode;

/** The commands of {@code docs/cluster.md}, as they are typed behind {@code cluster/submit --}. */
@Tag("slow")
@ExtendWith(TwoExecutors.class)
class CommandsTest {
    private static final String RECIPE =
            """
            name: typed
            data: {source: rooms, size: 32}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 8}
            process: {steps: 4, parameterization: velocity}
            training: {steps: 2, minutes: 0, batch: 16, workers: 0, precision: fp32, ema: [0.9], checkpointSeconds: 0}
            sampling: {steps: 2}
            """;

    @TempDir
    private static Path folder;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start(JavaSparkContext given) {
        spark = given;
    }

    private static ClusterMain.Said said(String... typed) throws IOException {
        ClusterMain.Job job = (ClusterMain.Job) ClusterMain.commandLine()
                .parseArgs(typed)
                .subcommand()
                .commandSpec()
                .userObject();
        return job.run(spark);
    }

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void fromARecipeToPicturesAndTheirScore() throws IOException {
        String recipe = Files.writeString(folder.resolve("typed.yaml"), RECIPE).toString(), run = at("run");
        assertThat(said("train", recipe, "--ranks", "2", "--out", run, "--set", "training.steps=3")
                        .text())
                .startsWith("Done after 3 steps: " + run + ", weights ");
        assertThat(folder.resolve("run/experiment.yaml"))
                .as("of a task's one core")
                .content()
                .contains("  workers: 1\n");
        assertThat(said("evaluate", run, "-n", "64", "--against", "rooms:test").text())
                .startsWith("FID ")
                .contains(" of 64 images by scattering against rooms:test");
        assertThatThrownBy(() -> said("evaluate", run, "-n", "63", "--against", "rooms:test"))
                .hasMessageContaining("63 generated pictures are too few");
        assertThatThrownBy(() -> said("evaluate", run, "-n", "64", "--against", "leaves:test"))
                .hasMessageContaining("what learned from rooms cannot be judged against leaves:test")
                .satisfies(refusal -> assertThat(ClusterMain.withFlags(refusal.getMessage()))
                        .contains("(evaluation.network, --network)", "foreignJudge=allow, --allow-foreign-judge)"));
        assertThat(said("evaluate", run, "-n", "64", "--against", "leaves:test", "--allow-foreign-judge")
                        .text())
                .endsWith(" of 64 images by scattering against leaves:test");
        String out = at("drawn");
        assertThat(said("sample", run, "-n", "5", "--shard", "2", "--sampling", "steps=3", "--out", out)
                        .text())
                .isEqualTo("5 images in 3 shards: " + out);
        try (ImageDataset shards = DataSets.open(out, 32, 3)) {
            assertThat(shards.size()).isEqualTo(5);
        }
    }

    @Test
    void aSweepEndsInItsTable() throws IOException {
        String sweep = "name: rates\naxes: {training.learningRate: [0.001, 0.01]}\nevaluate: {images: 0}\nrecipe:\n"
                + RECIPE.replace("name: typed\n", "").indent(2);
        String file = Files.writeString(folder.resolve("rates.yaml"), sweep).toString();
        ClusterMain.Said said = said("sweep", file, "--out", at("sweep"), "--set", "training.steps=1");
        assertThat(said.exit()).isEqualTo(ExitCode.OK);
        assertThat(said.text()).contains("| 0.001 ", "| 0.01 ");
        try (Stream<Path> files = Files.walk(folder.resolve("sweep/trials"))) {
            assertThat(files.filter(each -> each.endsWith("experiment.yaml")))
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(each).content().contains("  workers: 1\n"));
        }
    }

    @Test
    void aCollectionTellsWhatItGot() throws IOException {
        try (Host host = new Host()) {
            String list = "url\n" + host.address() + "/1.png\n" + host.address() + "/missing\n";
            String[] typed = {
                "collect",
                Files.writeString(folder.resolve("list.csv"), list).toString(),
                "--out",
                at("collected"),
                "--size",
                "32",
                "--resize",
                "keep_ratio",
                "--allow-host",
                "127.0.0.1",
                "--host-delay",
                "0"
            };
            ClusterMain.Said said = said(typed);
            assertThat(said.text()).startsWith("1 pictures of 2 rows in 1 shards: " + at("collected"));
            assertThat(said.exit()).isEqualTo(ExitCode.OK);
            typed[1] = Files.writeString(folder.resolve("none.csv"), "url\n" + host.address() + "/missing\n")
                    .toString();
            typed[3] = at("none");
            ClusterMain.Said nothing = said(typed);
            assertThat(nothing.text()).startsWith("0 pictures of 1 rows in 1 shards: ");
            assertThat(nothing.exit()).isEqualTo(ExitCode.SOFTWARE);
        }
    }
}
