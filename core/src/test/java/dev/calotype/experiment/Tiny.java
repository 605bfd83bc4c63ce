package dev.calotype.experiment;

import dev.calotype.Awake;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Experiments that take a second. */
public final class Tiny {
    /** A network of one level on pictures of 8 pixels; twelve steps. */
    static final List<String> OVERRIDES = List.of(
            "name=tiny",
            "data.size=8",
            "network.channels=32",
            "network.multipliers=[1]",
            "network.blocks=1",
            "network.attention=[]",
            "network.headChannels=32",
            "network.dropout=0.1",
            "process.steps=3",
            "training.minutes=0",
            "training.steps=12",
            "training.batch=4",
            "training.warmup=2",
            "training.workers=1",
            "training.precision=fp32",
            "training.ema=[0.9]",
            "training.checkpointSeconds=3600",
            "sampling.steps=2");

    private Tiny() {}

    /** The tiny experiment with other overrides on top. */
    public static DiffusionExperiment experiment(String... overrides) {
        List<String> all = new ArrayList<>(OVERRIDES);
        all.addAll(List.of(overrides));
        return (DiffusionExperiment) Recipe.parse("seed: 5", all);
    }

    /** The tiny experiment on pictures of a folder, with other overrides on top. */
    public static DiffusionExperiment on(Path data, String... overrides) {
        List<String> all = new ArrayList<>(List.of("data.source=" + data));
        all.addAll(List.of(overrides));
        return experiment(all.toArray(String[]::new));
    }

    /** An untrained model whose answers are not zero. */
    public static DiffusionModel model(DiffusionExperiment experiment) {
        return new DiffusionModel(
                experiment, Awake.network(new UNet(experiment.network(), experiment.ports(), Rng.of(1)), 2));
    }

    /** A folder with two classes of five noisy pictures each. */
    public static Path pictures(Path folder) {
        try {
            for (String name : new String[] {"bright", "dark"}) {
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
