package dev.calotype.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** One case of the golden numbers of improved-diffusion, and the stub network they were made with. */
public record Case(String name, Golden golden, JsonNode settings) {
    public static final String[] ALL = {
        "ddpm_linear_1000_fixed_large",
        "ddpm_linear_1000_fixed_small",
        "iddpm_cosine_4000_hybrid",
        "iddpm_cosine_4000_vlb",
        "iddpm_cosine_4000_respaced_50",
        "iddpm_cosine_4000_ddim25",
        "linear_1000_predict_x0"
    };

    private static final Golden FILE = Golden.read("improved-diffusion/process.safetensors");

    public static Case of(String name) {
        return new Case(name, FILE, FILE.metadata(name));
    }

    public GaussianDiffusion process() {
        int steps = settings.get("steps").asInt();
        NoiseSchedule schedule = settings.get("schedule").asText().equals("linear")
                ? NoiseSchedule.linear(steps)
                : NoiseSchedule.cosine(steps);
        String respacing = settings.get("respacing").asText();
        return new GaussianDiffusion(
                respacing.equals("None") ? schedule : schedule.respaced(Spacing.parse(respacing)),
                settings.get("mean").asText().equals("START_X") ? Parameterization.CLEAN : Parameterization.EPSILON,
                Variance.valueOf(settings.get("variance").asText()));
    }

    /** 0.3 x + 0.2 sin(3 x + t / 250), then tanh(x) where the variance is learned. */
    public NoisePredictor network() {
        boolean learned = process().variance() == Variance.LEARNED_RANGE;
        return (x, times) -> {
            Tensor phase = Tensors.combine(3, x, 1 / 250.0, Tensors.perSample(times, x));
            Tensor prediction = Tensors.combine(0.3, x, 0.2, phase.sin());
            return learned ? Tensors.cat(1, prediction, x.tanh()) : prediction;
        };
    }

    public boolean has(String key) {
        return golden.has(name + "/" + key);
    }

    public Tensor tensor(String key) {
        return golden.tensor(name + "/" + key);
    }

    public double[] values(String key) {
        float[] floats = golden.floats(name + "/" + key);
        double[] values = new double[floats.length];
        for (int i = 0; i < floats.length; i++) values[i] = floats[i];
        return values;
    }

    public int[] t() {
        return Arrays.stream(golden.longs(name + "/t"))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** Slice {@code i} of the first dimension. */
    public Tensor slice(String key, int i) {
        return tensor(key).select(0, i);
    }
}
