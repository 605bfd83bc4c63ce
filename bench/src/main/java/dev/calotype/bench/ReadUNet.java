package dev.calotype.bench;

import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Reads a folder of a UNet2DModel into bf16, as {@code bench/peers/read_unet.py} does, and says how long it took and what memory. */
public final class ReadUNet {
    private ReadUNet() {}

    /** Wants the folder. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        String before = peak();
        long begun = System.nanoTime();
        try (UNet network = DiffusersUNet.read(Path.of(arguments[0]), Precision.BF16)) {
            System.out.printf(
                    Locale.ROOT,
                    "%.2f s for %d levels%n",
                    (System.nanoTime() - begun) * 1e-9,
                    network.config().levels().size());
        }
        System.out.println("at most " + peak() + ", before that " + before);
    }

    private static String peak() {
        return ProcessMemory.peak().orElse(0) / 1_000_000 + " MB";
    }
}
