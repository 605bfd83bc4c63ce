package dev.calotype.studio;

import dev.calotype.experiment.Recipe;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Models that take a moment to make, of pictures of 8 pixels. */
public final class TinyRuns {
    private static final List<String> TINY = List.of(
            "data.size=8",
            "network.channels=32",
            "network.multipliers=[1]",
            "network.blocks=1",
            "network.attention=[]",
            "network.headChannels=32",
            "process.steps=20",
            "process.parameterization=velocity",
            "training.minutes=0",
            "training.steps=1",
            "training.batch=4",
            "training.workers=1",
            "training.precision=fp32",
            "training.ema=[0.9]",
            "training.checkpointSeconds=3600",
            "sampling.steps=4");

    private TinyRuns() {}

    /** A diffusion model of two classes, bright and dark, called {@code NAME-001}. */
    public static Path labelled(Path runs, String name) throws IOException {
        List<String> overrides = new ArrayList<>(TINY);
        overrides.addAll(List.of(
                "name=" + name, "condition.by=label", "data.source=" + pictures(runs.resolveSibling("pictures"))));
        return Training.start(Recipe.parse("seed: 5", overrides), runs, TrainingObserver.SILENT)
                .run()
                .root();
    }

    /** A studio whose one model is a {@link #labelled} one called {@code tiny-001}. */
    static Studio studio(Path folder) throws IOException {
        Path runs = Files.createDirectories(folder.resolve("runs"));
        labelled(runs, "tiny");
        return Studio.start(
                StudioSettings.of(folder.resolve("home"), runs).atPort(0).with(2, 0));
    }

    private static Path pictures(Path folder) throws IOException {
        for (String name : List.of("bright", "dark")) {
            Path inner = Files.createDirectories(folder.resolve(name));
            for (int i = 0; i < 5; i++) {
                Rng rng = Rng.of(i);
                byte[] pixels = new byte[3 * 16 * 16];
                for (int k = 0; k < pixels.length; k++)
                    pixels[k] = (byte) (rng.nextInt(100) + (name.equals("dark") ? 0 : 150));
                PngFile.write(inner.resolve(i + ".png"), new Picture(16, 16, 3, pixels));
            }
        }
        return folder;
    }
}
