package dev.calotype.bench;

import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.model.UNet;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads a folder of a UNet2DModel or a UNet2DConditionModel into bf16, as {@code bench/peers/read_unet.py} does, and says how long it
 * took and what memory; or holds an evaluation of the latter in fp32 against that of diffusers.
 */
public final class ReadUNet {
    private ReadUNet() {}

    /** Wants the folder, and the file of {@code read_unet.py evaluate} to hold an evaluation against. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        Path folder = Path.of(arguments[0]);
        if (arguments.length > 1) evaluate(folder, Path.of(arguments[1]));
        else read(folder);
    }

    private static void read(Path folder) throws IOException {
        String before = peak();
        boolean words =
                StoredNetwork.in(folder).config().path("_class_name").asText().equals("UNet2DConditionModel");
        long begun = System.nanoTime();
        int levels;
        if (words) {
            try (Scope.Owned<LatentUNet> network = DiffusersLatentUNet.read(folder, Precision.BF16)) {
                levels = network.value().config().levels().size();
            }
        } else {
            try (UNet network = DiffusersUNet.read(folder, Precision.BF16)) {
                levels = network.config().levels().size();
            }
        }
        System.out.printf(Locale.ROOT, "%.2f s for %d levels%n", (System.nanoTime() - begun) * 1e-9, levels);
        System.out.println("at most " + peak() + ", before that " + before);
    }

    private static void evaluate(Path folder, Path theirs) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scope.Owned<LatentUNet> network = DiffusersLatentUNet.read(folder, Precision.FP32);
                SafeTensorsFile file = SafeTensors.open(theirs)) {
            Map<String, Tensor> given = file.tensors();
            Told told = new Told(given.get("tokens"), null, null, null);
            Tensor out = network.value().forward(given.get("x"), Tensors.of(500.0), told);
            Tensor wanted = given.get("out");
            System.out.printf(
                    Locale.ROOT,
                    "largest difference %.3g, deviation of the values %.3g%n",
                    out.sub(wanted).abs().max().item_double(),
                    wanted.std().item_double());
        }
    }

    private static String peak() {
        return ProcessMemory.peak().orElse(0) / 1_000_000 + " MB";
    }
}
