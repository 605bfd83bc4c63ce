package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.run.RunDirectory;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that was told that it has a parent does not outlive it, and says before it ends what it has done, as after Ctrl-C. */
@Tag("slow")
class ParentProcessTest {
    @TempDir
    private Path folder;

    @Test
    void aTrainingSavesAndEndsWhenItsParentIsGone() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dcalotype.parent=input",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        recipe().toString(),
                        "--json",
                        "--out",
                        folder.toString())
                .redirectOutput(folder.resolve("result.json").toFile())
                .start();
        try (BufferedReader said = process.errorReader()) {
            assertThat(said.lines()
                            .filter(line -> line.contains("from the start"))
                            .findFirst())
                    .isPresent();
            process.getOutputStream().close(); // as the system does when the parent is gone
            assertThat(said.lines().toList()).anyMatch(line -> line.startsWith("Saved."));
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(folder.resolve("result.json")).content().contains("\"finished\":false", "endless-001");
        RunDirectory run = RunDirectory.open(folder.resolve("endless-001"));
        try (Stream<Path> checkpoints = Files.list(run.checkpoints())) {
            assertThat(checkpoints.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.endsWith(".safetensors"));
        }
    }

    private Path recipe() throws Exception {
        List<String> lines = List.of(
                "name: endless",
                "data: {source: \"rooms:train\", size: 32}",
                "network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}",
                "training: {steps: 1000000, minutes: 0, batch: 2, ema: [0.9], workers: 1}",
                "evaluation: {network: scattering}");
        return Files.write(folder.resolve("endless.yaml"), lines);
    }
}
