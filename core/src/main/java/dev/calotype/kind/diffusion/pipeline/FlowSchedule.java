package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.io.Quoted;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Noising;
import dev.calotype.sampling.Walk;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The way of {@code FlowMatchEulerDiscreteScheduler}: x is (1 - σ) x₀ + σ ε, and σ goes evenly from noise to image and is then shifted
 * towards noise, s σ / (1 + (s - 1) σ) (Esser et al. 2024). As there the least noisy step is shifted twice.
 *
 * @param chain steps that the network was trained on; it is told σ times so many
 * @param shift s, above 0
 */
record FlowSchedule(int chain, double shift) implements Noising {
    private static final List<String> OFF = List.of(
            "use_dynamic_shifting",
            "invert_sigmas",
            "use_karras_sigmas",
            "use_exponential_sigmas",
            "use_beta_sigmas",
            "stochastic_sampling");

    /**
     * Reads a config.
     *
     * @throws IOException if it is that of another scheduler, or has a setting that is not honoured
     */
    static FlowSchedule read(JsonNode json) throws IOException {
        String type = json.path("_class_name").asText("nothing");
        if (!type.equals("FlowMatchEulerDiscreteScheduler"))
            throw new IOException("scheduler must be FlowMatchEulerDiscreteScheduler: " + Quoted.name(type));
        for (String name : OFF)
            if (json.path(name).asBoolean(false))
                throw new IOException(name + " of the scheduler must be false, it is not honoured: true");
        if (json.path("shift_terminal").isNumber())
            throw new IOException(
                    "shift_terminal of the scheduler must be null, it is not honoured: " + json.path("shift_terminal"));
        int chain = json.path("num_train_timesteps").asInt(1000);
        double shift = json.path("shift").asDouble(1);
        if (chain < 1 || chain > 1_000_000)
            throw new IOException("num_train_timesteps must be in 1..1000000: " + chain);
        if (!(shift > 0 && shift <= 100)) throw new IOException("shift must be in (0, 100]: " + shift);
        return new FlowSchedule(chain, shift);
    }

    private double shifted(double sigma) {
        return shift * sigma / (1 + (shift - 1) * sigma);
    }

    /** σ of every step, the noisiest first. */
    double[] sigmas(int steps) {
        double[] sigmas = new double[steps];
        double least = shifted(1.0 / chain);
        for (int i = 0; i < steps; i++) sigmas[i] = shifted(steps == 1 ? 1 : 1 + i * (least - 1) / (steps - 1));
        return sigmas;
    }

    /** The levels of the steps, in the scale that keeps the variance: x over the root of (1 - σ)² + σ². */
    Walk walk(int steps) {
        double[] sigmas = sigmas(steps);
        List<Walk.Leg> legs = new ArrayList<>();
        for (int i = 0; i < steps; i++)
            legs.add(new Walk.Leg(level(sigmas[i]), i + 1 < steps ? level(sigmas[i + 1]) : NoiseLevel.CLEAN));
        return new Walk(legs, 1);
    }

    /** Those in the middle the most often, as the logistic of a normal number. */
    @Override
    public int[] steps(Rng rng, int count) {
        double[] normal = Tensors.doubles(rng.normal(count));
        return Arrays.stream(normal)
                .mapToInt(each -> (int) (chain / (1 + Math.exp(-each))))
                .toArray();
    }

    /** How far what the network says is from ε - x₀ at the σ of steps, of which 0 is the least noisy. */
    @Override
    public Tensor losses(NoisePredictor network, Tensor clean, Tensor eps, int[] steps) {
        double[] sigmas = Arrays.stream(steps)
                .mapToDouble(step -> shifted((step + 1.0) / chain))
                .toArray();
        double[] told = Arrays.stream(sigmas).map(sigma -> chain * sigma).toArray();
        return Scope.tidy(() -> {
            Tensor straight = eps.sub(clean); // (N, L, h, w)
            Tensor noisy = clean.add(Tensors.perSample(sigmas, clean).mul(straight)); // (N, L, h, w)
            Tensor times = Tensors.perSample(told, clean).reshape(clean.size(0)); // (N)
            return Tensors.meanPerSample(
                    network.predict(noisy, times).sub(straight).square()); // (N)
        });
    }

    private NoiseLevel level(double sigma) {
        double scale = scale(sigma);
        return new NoiseLevel(chain * sigma, (1 - sigma) / scale, sigma / scale);
    }

    /** What x in the scale that keeps the variance is multiplied by to be what the network sees. */
    static double scale(double sigma) {
        return Math.hypot(1 - sigma, sigma);
    }
}
