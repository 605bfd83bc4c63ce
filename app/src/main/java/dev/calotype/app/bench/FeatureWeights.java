package dev.calotype.app.bench;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Weights of the CIFAR ResNet whose features are measured: those of a file, or random ones of depth 20. */
final class FeatureWeights {
    private static final int BLOCKS = 3;

    private FeatureWeights() {}

    /** By the names of github.com/akamaster/pytorch_resnet_cifar10, in the caller's scope. */
    static Map<String, Tensor> of(String file) throws IOException {
        return file.isEmpty() ? random() : WeightFile.read(Path.of(file));
    }

    private static Map<String, Tensor> random() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Rng rng = Rng.of(8);
        int from = 3, to = 16;
        convolution(weights, rng, "", 1, from, to);
        from = to;
        for (int stage = 1; stage <= 3; stage++, to *= 2)
            for (int block = 0; block < BLOCKS; block++, from = to) {
                String prefix = "layer" + stage + "." + block + ".";
                convolution(weights, rng, prefix, 1, from, to);
                convolution(weights, rng, prefix, 2, to, to);
            }
        weights.put("linear.weight", Tensors.scale(0.1, rng.normal(10, from)));
        weights.put("linear.bias", Tensors.fill(10, 0));
        return weights;
    }

    /** A convolution that keeps the scale (He et al. 2015) and a normalisation that does nothing. */
    private static void convolution(Map<String, Tensor> weights, Rng rng, String prefix, int index, int from, int to) {
        double scale = Math.sqrt(2.0 / (9 * from));
        weights.put(prefix + "conv" + index + ".weight", Tensors.scale(scale, rng.normal(to, from, 3, 3)));
        String norm = prefix + "bn" + index + ".";
        weights.put(norm + "weight", Tensors.fill(to, 1));
        weights.put(norm + "bias", Tensors.fill(to, 0));
        weights.put(norm + "running_mean", Tensors.fill(to, 0));
        weights.put(norm + "running_var", Tensors.fill(to, 1));
    }
}
