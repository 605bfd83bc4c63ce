package dev.calotype.app.bench;

import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Spacing;
import dev.calotype.diffusion.Variance;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.sampling.Ddim;
import dev.calotype.sampling.DpmSolver;
import dev.calotype.sampling.Sampler;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Noise to images. DDIM clips the predicted image to the range of pixels, DPM-Solver++ does not, as diffusers has no such
 * setting for it; with fewer than 15 steps diffusers' last steps are not those of the authors' code, which ours are.
 */
final class PipelineWork implements Work {
    private static final int FEWEST_DPM_STEPS = 15, CHAIN = 1000;

    /** The samplers that both sides have. */
    enum Method {
        DDIM,
        DPM_SOLVER
    }

    private final Description description;
    private final Sampler sampler;
    private final Clip clip;
    private final GaussianDiffusion process =
            new GaussianDiffusion(NoiseSchedule.linear(CHAIN), Parameterization.EPSILON, Variance.FIXED_LARGE);
    private final int size;
    private final Scope.Owned<UNet> network;
    private final Precision precision;
    private final Tensor noise;

    PipelineWork(BenchSettings settings, Method method, int batch) {
        size = settings.size(32);
        precision = settings.precision();
        int steps = settings.steps();
        sampler = method == Method.DDIM
                ? new Ddim(process.schedule().respaced(Spacing.stride(steps)), 0)
                : new DpmSolver(process.schedule(), steps);
        clip = method == Method.DDIM ? Clip.PIXELS : Clip.NONE;
        Map<String, String> of = BenchNetwork.settings(batch, size, settings.channels());
        of.put("sampler", method.name().toLowerCase(Locale.ROOT));
        of.put("steps", String.valueOf(steps));
        description = new Description(
                "batch of images", of, precision.name().toLowerCase(Locale.ROOT), torch.get_num_threads(), 1e-2);
        network = Scope.own(() -> BenchNetwork.fresh(settings.channels(), BenchNetwork.IMAGE_CHANNELS));
        noise = Scope.keep(() -> Rng.of(7).normal(batch, BenchNetwork.IMAGE_CHANNELS, size, size));
    }

    /** Throws unless diffusers does the same with that many steps; asked before anything is measured. */
    static void requireSteps(int steps) {
        if (steps < FEWEST_DPM_STEPS)
            throw new IllegalArgumentException("steps must be at least " + FEWEST_DPM_STEPS
                    + " for pipeline, to do what diffusers does: " + steps);
        Spacing.stride(steps).timesteps(CHAIN);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        DiffusersUNet.write(folder.resolve("unet"), network.value(), size);
        Inference.prepare(network.value(), precision);
        List<Double> times = new ArrayList<>();
        Denoiser recording = (noisy, level) -> {
            times.add(level.time());
            return denoiser().denoise(noisy, level);
        };
        float[] images = Scope.read(() -> Tensors.floats(sampler.sample(recording, noise, Rng.of(0))));
        try (PointerScope scope = new PointerScope()) {
            Tensor visited =
                    Tensors.of(times.stream().mapToDouble(Double::doubleValue).toArray());
            SafeTensors.write(folder.resolve("inputs.safetensors"), Map.of("noise", noise, "times", visited), Map.of());
        }
        return Map.of("images", images);
    }

    private Denoiser denoiser() {
        return process.denoiser((noisy, times) -> network.value().forward(noisy, times, Condition.NONE), clip);
    }

    @Override
    public void iterate() {
        Scope.read(() -> sampler.sample(denoiser(), noise, Rng.of(0)));
    }

    @Override
    public void close() {
        network.close();
        noise.close();
    }
}
