package dev.calotype.train;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW without a schedule (Defazio et al. 2024). Three sets of weights: z moves by Adam without a first moment, x is the mean of all z
 * with the squares of the highest rate so far as weights, and the gradients are those at y = (1 - beta1) z + beta1 x, which the networks
 * compute with.
 */
final class ScheduleFree implements Updates {
    private final FlatParameters parameters;
    private final double beta1;
    private final double beta2;
    private final double weightDecay;
    private final Tensor moving; // z
    private final Tensor mean; // x
    private final Tensor second;
    private final Tensor updates;
    private final Tensor weighting; // the highest rate so far and the sum of the weights of the mean, fp64
    private double share; // of the newest z in the mean

    ScheduleFree(FlatParameters parameters, double beta1, double beta2, double weightDecay) {
        this.parameters = parameters;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.weightDecay = weightDecay;
        moving = parameters.copy();
        mean = parameters.copy();
        second = parameters.zeros();
        updates = Scope.keep(() -> Device.of(second).zeros());
        weighting = Scope.keep(() -> Tensors.of(new double[2]));
    }

    @Override
    public void begin(long step, double rate) {
        Scope.read(() -> {
            updates.fill_(new Scalar((double) step));
            double highest = Math.max(rate, weighting.select(0, 0).item_double());
            double weight = highest * highest;
            double sum = weighting.select(0, 1).item_double() + weight;
            weighting.select(0, 0).fill_(new Scalar(highest));
            weighting.select(0, 1).fill_(new Scalar(sum));
            share = sum > 0 ? weight / sum : 0;
            return null;
        });
    }

    @Override
    public void update(FlatParameters.Stretch stretch, double rate) {
        Scope.read(() -> {
            Tensor y = stretch.of(parameters.master()), z = stretch.of(moving), x = stretch.of(mean);
            Tensor gradient = stretch.of(parameters.gradient());
            if (weightDecay > 0) z.sub_(y, new Scalar(rate * weightDecay));
            Kernels.AdamW plain = new Kernels.AdamW(rate, 0, beta2, 0, 1e-8);
            Kernels.adamW(plain, z, gradient, gradient, stretch.of(second), updates);
            x.lerp_(z, new Scalar(share));
            y.copy_(z).lerp_(x, new Scalar(beta1));
            return null;
        });
    }

    @Override
    public Tensor result() {
        return mean;
    }

    @Override
    public Map<String, Tensor> buffers() {
        return Map.of("schedule-free/moving/", moving, "schedule-free/mean/", mean, "adam/second/", second);
    }

    @Override
    public Map<String, Tensor> others() {
        return Map.of("schedule-free/weighting/of-the-mean", weighting);
    }

    @Override
    public void close() {
        List.of(moving, mean, second, updates, weighting).forEach(Tensor::close);
    }
}
