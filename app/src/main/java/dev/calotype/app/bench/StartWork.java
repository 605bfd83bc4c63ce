package dev.calotype.app.bench;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.Recipe;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Scope;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Whole processes from nothing to their end, through the launcher. There is no output to compare. */
final class StartWork implements Work {
    /** What is asked of the process. */
    enum Task {
        /** {@code ./calotype --help}. */
        HELP,
        /** One picture of 32 px, two steps of DDIM, from a checkpoint to a PNG file. */
        PICTURE
    }

    private static final int SIZE = 32;
    private static final String EMA = "0.9999";

    private final Task task;
    private final int channels;
    private final Path launcher;
    private final Description description;
    private List<String> command;
    private File log;

    /** @param launcher the script {@code calotype} of a checkout */
    StartWork(BenchSettings settings, Task task, Path launcher) {
        this.task = task;
        this.launcher = launcher;
        channels = settings.channels();
        Map<String, String> of = new LinkedHashMap<>();
        of.put("task", task.name().toLowerCase(Locale.ROOT));
        of.put("channels", String.valueOf(channels));
        description = new Description("process", of, "-", Runtime.getRuntime().availableProcessors(), 0);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        log = folder.resolve("start.txt").toFile();
        command = task == Task.HELP ? List.of(launcher.toString(), "--help") : picture(folder);
        return Map.of();
    }

    private List<String> picture(Path folder) throws IOException {
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        try (Scope.Owned<UNet> network = Scope.own(() -> BenchNetwork.fresh(channels, BenchNetwork.IMAGE_CHANNELS));
                PointerScope scope = new PointerScope()) {
            DiffusersUNet.write(folder.resolve("unet"), network.value(), SIZE);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Weights.of(network.value()).forEach((name, weight) -> tensors.put("ema/" + EMA + "/" + name, weight));
            new Checkpoint(tensors, experiment(), Map.of("step", 1.0)).write(checkpoint);
        }
        String out = folder.resolve("picture.png").toString();
        return List.of(
                launcher.toString(),
                "sample",
                checkpoint.toString(),
                "-n",
                "1",
                "--sampler",
                "ddim",
                "--steps",
                "2",
                "--out",
                out);
    }

    private String experiment() {
        String recipe = String.format(
                Locale.ROOT,
                """
                name: bench
                data: {size: %d}
                network: {channels: %d, multipliers: [1, 2, 2, 2], blocks: 2, attention: [2, 4], heads: 4}
                process: {steps: 1000, schedule: linear, parameterization: epsilon, variance: fixed-large, loss: simple}
                training: {ema: [%s]}
                """,
                SIZE,
                channels,
                EMA);
        return Recipe.write(
                Recipe.parse(recipe, List.of("network.headChannels=0", "network.conditioning=scale-shift")));
    }

    @Override
    public void iterate() throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            if (process.waitFor() != 0)
                throw new IOException(String.join(" ", command) + " failed: "
                        + Files.readString(log.toPath()).strip());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
