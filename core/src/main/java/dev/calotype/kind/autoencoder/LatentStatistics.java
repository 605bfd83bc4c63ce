package dev.calotype.kind.autoencoder;

import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the latents of pictures are like, channel by channel.
 *
 * @param means of the channels
 * @param deviations of the channels
 */
record LatentStatistics(List<Double> means, List<Double> deviations) {
    private static final String MEANS = "latent-means", DEVIATIONS = "latent-deviations";
    private static final double LEAST = 1e-6; // a channel that is always the same is not enlarged without end

    /** Of the latents that an autoencoder without a scale makes of pictures (N, C, H, W), of which it sees so many at once. */
    static LatentStatistics of(Autoencoder autoencoder, Tensor pictures, int atOnce) {
        int channels = autoencoder.latentChannels();
        double[] sums = new double[channels], squares = new double[channels];
        long[] values = {0};
        for (long from = 0; from < pictures.size(0); from += atOnce) {
            long first = from, count = Math.min(atOnce, pictures.size(0) - from);
            Scope.run(() -> {
                Tensor z = autoencoder.encode(pictures.narrow(0, first, count)).to(ScalarType.Double); // (n, L, h, w)
                double[] sum = Tensors.doubles(z.sum(new long[] {0, 2, 3}));
                double[] square = Tensors.doubles(z.square().sum(new long[] {0, 2, 3}));
                for (int i = 0; i < channels; i++) {
                    sums[i] += sum[i];
                    squares[i] += square[i];
                }
                values[0] += z.numel() / channels;
            });
        }
        Double[] means = new Double[channels], deviations = new Double[channels];
        for (int i = 0; i < channels; i++) {
            means[i] = sums[i] / values[0];
            deviations[i] = Math.sqrt(Math.max(squares[i] / values[0] - means[i] * means[i], LEAST * LEAST));
        }
        return new LatentStatistics(List.of(means), List.of(deviations));
    }

    /** Those that {@link #state} kept. */
    static LatentStatistics of(Map<String, Tensor> state) {
        return new LatentStatistics(list(state.get(MEANS)), list(state.get(DEVIATIONS)));
    }

    private static List<Double> list(Tensor values) {
        return Arrays.stream(Tensors.doubles(values)).boxed().toList();
    }

    /** Whether {@link #state} kept some. */
    static boolean in(Map<String, Tensor> state) {
        return state.containsKey(MEANS) && state.containsKey(DEVIATIONS);
    }

    Map<String, Tensor> state() {
        return Map.of(MEANS, tensor(means), DEVIATIONS, tensor(deviations));
    }

    private static Tensor tensor(List<Double> values) {
        return Tensors.ofDoubles(
                values.stream().mapToDouble(Double::doubleValue).toArray(), values.size());
    }

    /** What makes a mean of 0 and a deviation of 1 of each channel. */
    LatentScale scale() {
        return new LatentScale(1, 0, means, deviations);
    }
}
