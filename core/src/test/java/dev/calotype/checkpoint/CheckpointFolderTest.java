package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.AnyScript;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultLocale;

class CheckpointFolderTest extends InScope {
    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void make() {
        folder = root.resolve("checkpoints");
    }

    private static Checkpoint at(long step) {
        return new Checkpoint(Map.of("w", Rng.of(step).normal(8)), "", Map.of("step", (double) step));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheLastFewAndTheBest() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        assertThat(checkpoints.latest()).isEmpty();
        assertThat(checkpoints.best()).isEmpty();
        assertThat(checkpoints.readLatest()).isEmpty();
        double[] metrics = {5, 2, 3, 2, Double.NaN, 4};
        for (int i = 0; i < metrics.length; i++) checkpoints.write(at(100 * (i + 1)), metrics[i]);
        assertThat(names())
                .containsExactly(
                        "best.json",
                        "step-00000200.safetensors",
                        "step-00000500.safetensors",
                        "step-00000600.safetensors");
        assertThat(checkpoints.latest()).contains(folder.resolve("step-00000600.safetensors"));
        assertThat(checkpoints.best()).contains(folder.resolve("step-00000200.safetensors"));
        assertThat(checkpoints.readLatest().get().step()).isEqualTo(600);
        checkpoints.write(at(700), 1);
        assertThat(checkpoints.best()).contains(folder.resolve("step-00000700.safetensors"));
        assertThat(names()).doesNotContain("step-00000200.safetensors");
    }

    @Test
    void stepsAreOrderedAsNumbers() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        checkpoints.write(at(99_999_999));
        checkpoints.write(at(100_000_000));
        assertThat(checkpoints.latest()).contains(folder.resolve("step-100000000.safetensors"));
        checkpoints.write(at(5)); // a run that was set back keeps what it writes
        assertThat(checkpoints.files()).hasSize(3);
    }

    /** Older versions wrote the digits of the machine's language. */
    @Test
    void whatIsNamedInOtherDigitsIsFoundKeptAndRemovedLikeTheRest() throws IOException {
        AnyScript.assume();
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 2);
        Path best = Files.move(checkpoints.write(at(3), 1), folder.resolve("step-۰۰۰۰۰۰۰۳.safetensors"));
        Files.writeString(folder.resolve("best.json"), "{\"file\":\"" + best.getFileName() + "\",\"metric\":1.0}");
        Path sixth = Files.move(checkpoints.write(at(6), 2), folder.resolve("step-٠٠٠٠٠٠٠٦.safetensors"));
        assertThat(checkpoints.best()).contains(best);
        assertThat(checkpoints.latest()).contains(sixth);
        assertThat(checkpoints.readLatest().orElseThrow().step()).isEqualTo(6);
        assertThat(checkpoints.files()).containsExactly(best, sixth);
        Path again = checkpoints.write(at(6), 2);
        assertThat(checkpoints.latest()).contains(again);
        checkpoints.write(at(9), 2);
        assertThat(names())
                .containsExactly(
                        "best.json",
                        "step-00000006.safetensors",
                        "step-00000009.safetensors",
                        "step-۰۰۰۰۰۰۰۳.safetensors");
    }

    @Test
    @DefaultLocale(language = "fa", country = "IR")
    void namesDoNotDependOnTheLanguageOfTheMachine() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        Path file = checkpoints.write(at(6), 1);
        assertThat(file).hasFileName("step-00000006.safetensors");
        assertThat(checkpoints.latest()).contains(file);
        assertThat(checkpoints.best()).contains(file);
    }

    @Test
    void otherFilesAreNeitherReadNorRemoved() throws IOException {
        Files.createDirectories(folder.resolve("step-00000009.safetensors"));
        for (String name : List.of(
                ".step-00000900.safetensors.tmp", "step-900.safetensors", "step-00000900.safetensors.bak", "notes.txt"))
            Files.writeString(folder.resolve(name), "mine");
        Path elsewhere = Files.writeString(root.resolve("elsewhere"), "mine");
        Files.createSymbolicLink(folder.resolve("step-00000001.safetensors"), elsewhere);
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        checkpoints.write(at(10));
        checkpoints.write(at(11));
        assertThat(names()).hasSize(7).contains("step-00000011.safetensors", "notes.txt", "step-00000001.safetensors");
        assertThat(checkpoints.files()).containsExactly(folder.resolve("step-00000011.safetensors"));
        assertThat(elsewhere).hasContent("mine");
    }

    @Test
    void aDamagedLatestFallsBackToTheOneBefore() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 3);
        checkpoints.write(at(1));
        Path second = checkpoints.write(at(2));
        Path third = checkpoints.write(at(3));
        Files.write(third, Arrays.copyOf(Files.readAllBytes(third), 100));
        assertThat(checkpoints.readLatest().get().step()).isEqualTo(2);
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length - 1] ^= 64;
        Files.write(second, bytes);
        assertThat(checkpoints.readLatest().get().step()).isEqualTo(1);
        Files.write(folder.resolve("step-00000001.safetensors"), new byte[0]);
        assertThatThrownBy(checkpoints::readLatest)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step-00000003");
    }

    @Test
    void aDamagedRecordOfTheBestStopsNothingAndRemovesNothing() throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(folder, 1);
        long step = 0;
        for (String record :
                List.of("", "{", "null", "[]", "{\"file\":\"../../etc/passwd\",\"metric\":1}", "{\"metric\":1}")) {
            checkpoints.write(at(++step));
            Files.writeString(folder.resolve("best.json"), record);
            List<Path> before = checkpoints.files();
            checkpoints.write(at(++step));
            assertThat(checkpoints.files()).containsAll(before).hasSize(before.size() + 1);
            assertThatThrownBy(checkpoints::best)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("best.json");
            Path best = checkpoints.write(at(++step), 9);
            assertThat(checkpoints.best()).contains(best);
            assertThat(checkpoints.files()).hasSize(1);
        }
    }
}
