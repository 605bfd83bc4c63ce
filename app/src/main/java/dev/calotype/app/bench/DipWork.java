package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.PriorNetwork;
import dev.calotype.model.SkipNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Descent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * One iteration of Deep Image Prior with its published network for noise: jitter, forward, backward, Adam. The outputs
 * are the losses of three iterations without jitter.
 */
final class DipWork implements Work {
    private static final int COMPARED_STEPS = 3, INPUT_CHANNELS = 32;
    private static final double RATE = 0.01, JITTER = 1 / 30.0;

    private final Description description;
    private final Scope.Owned<PriorNetwork> network;
    private final Descent descent;
    private final Tensor input;
    private final Tensor target;
    private final Rng jitter = Rng.of(4);

    DipWork(BenchSettings settings) {
        int size = settings.size(256);
        SkipNet.Config config = SkipNet.Config.denoising();
        if (size % config.multiple() != 0 || size < config.smallest())
            throw new IllegalArgumentException("size must be a multiple of " + config.multiple() + " of at least "
                    + config.smallest() + ": " + size);
        description = new Description(
                "iteration",
                Map.of("size", String.valueOf(size)),
                settings.precision().name().toLowerCase(Locale.ROOT),
                Runtime.getRuntime().availableProcessors(),
                1e-3);
        network = Scope.own(() -> config.build(INPUT_CHANNELS, 3, Rng.of(1)));
        input = Scope.keep(() -> Tensors.scale(0.1, Rng.of(2).uniform(1, INPUT_CHANNELS, size, size)));
        target = Scope.keep(() -> Rng.of(3).uniform(1, 3, size, size));
        descent = new Descent(network.value(), settings.precision());
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(folder.resolve("weights.safetensors"), Weights.of(network.value()), Map.of());
            SafeTensors.write(folder.resolve("inputs.safetensors"), Map.of("input", input, "target", target), Map.of());
        }
        float[] losses = new float[COMPARED_STEPS];
        for (int i = 0; i < losses.length; i++) losses[i] = (float) step(0);
        return Map.of("losses", losses);
    }

    @Override
    public void iterate() {
        step(JITTER);
    }

    private double step(double deviation) {
        double[] loss = {0};
        Scope.run(() -> {
            Tensor z = deviation == 0 ? input : input.add(jitter.quickNormalLike(input), new Scalar(deviation));
            Tensor misfit = network.value().forward(z).sub(target); // (1, 3, H, W)
            loss[0] = descent.step(misfit.square().mean(), RATE);
        });
        return loss[0];
    }

    @Override
    public void close() {
        descent.close();
        network.close();
        input.close();
        target.close();
    }
}
