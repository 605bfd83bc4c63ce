package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.Blank;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The U-Net of the benches: four levels 1, 2, 2, 2, two blocks each, four heads that attend at factors 2 and 4. */
final class BenchNetwork {
    static final int IMAGE_CHANNELS = 3;

    private static final double DEVIATION = 0.02;

    private BenchNetwork() {}

    static UNet.Config config(int channels) {
        return new UNet.Config(
                channels,
                List.of(1, 2, 2, 2),
                2,
                List.of(2, 4),
                4,
                0,
                Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
    }

    /** A network in whose output every weight has a part: those that begin at zero are drawn. */
    static UNet fresh(int channels, int imageChannels) {
        UNet network = new UNet(config(channels), new UNet.Ports(imageChannels, imageChannels, 0), Rng.of(1));
        Scope.read(() -> {
            Rng rng = Rng.of(2);
            for (Tensor weight : Tensors.parameters(network).values())
                if (weight.abs().max().item_double() == 0)
                    weight.copy_(Tensors.scale(DEVIATION, rng.normalLike(weight)));
            return null;
        });
        return network;
    }

    /** {@link #fresh} as it is once its weights were read from a file: for drawing, not for learning. */
    static UNet read(int channels) {
        Map<String, Tensor> weights = Tensors.parameters(fresh(channels, IMAGE_CHANNELS));
        UNet network = Blank.make(() -> new UNet(config(channels), new UNet.Ports(IMAGE_CHANNELS, IMAGE_CHANNELS, 0)));
        Tensors.parameters(network).forEach((name, parameter) -> parameter.set_data(weights.get(name)));
        return network;
    }

    /** Writes the weights by the names of improved-diffusion, and inputs, into {@code folder}. */
    static void write(Path folder, UNet network, Map<String, Tensor> inputs) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(folder.resolve("weights.safetensors"), Weights.of(network), Map.of());
            SafeTensors.write(folder.resolve("inputs.safetensors"), inputs, Map.of());
        }
    }

    /** What peers must know to build it. */
    static Map<String, String> settings(int batch, int size, int channels) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batch", String.valueOf(batch));
        settings.put("size", String.valueOf(size));
        settings.put("channels", String.valueOf(channels));
        return settings;
    }
}
