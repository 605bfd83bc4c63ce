package dev.calotype.model.vit;

import dev.calotype.tensor.Tensors;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network does to the channels of pictures before its first layer: (x - mean) / deviation of values in [0, 1].
 *
 * @param mean one for each channel
 * @param deviation one for each channel, above 0
 */
public record Standardization(List<Double> mean, List<Double> deviation) {
    /** Of networks that were trained on ImageNet by its own statistics, such as DeiT and DINOv2. */
    public static final Standardization IMAGENET =
            new Standardization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    public Standardization {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.isEmpty() || mean.size() != deviation.size())
            throw new IllegalArgumentException(
                    "mean and deviation must name as many channels: " + mean + " and " + deviation);
        for (double each : mean)
            if (!Double.isFinite(each)) throw new IllegalArgumentException("mean must be finite: " + mean);
        for (double each : deviation)
            if (!(each > 0 && Double.isFinite(each)))
                throw new IllegalArgumentException("deviation must be above 0: " + deviation);
    }

    /** To [-1, 1]: what pictures are in this library, and what ViT was trained on. */
    public static Standardization signed(int channels) {
        return new Standardization(Collections.nCopies(channels, 0.5), Collections.nCopies(channels, 0.5));
    }

    /** To [0, 1]: no more than that. */
    public static Standardization unit(int channels) {
        return new Standardization(Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
    }

    /** Pictures in [-1, 1], (N, C, H, W), as the network wants them. */
    public Tensor apply(Tensor x) {
        if (equals(signed(mean.size()))) return x;
        double[] factor = new double[mean.size()], offset = new double[mean.size()];
        for (int c = 0; c < factor.length; c++) {
            factor[c] = 0.5 / deviation.get(c);
            offset[c] = (0.5 - mean.get(c)) / deviation.get(c);
        }
        return x.mul(perChannel(factor, x)).add(perChannel(offset, x)); // (N, C, H, W)
    }

    private static Tensor perChannel(double[] values, Tensor like) {
        return Tensors.as(Tensors.of(values).reshape(1, values.length, 1, 1), like);
    }
}
