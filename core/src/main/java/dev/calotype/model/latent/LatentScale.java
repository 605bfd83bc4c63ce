package dev.calotype.model.latent;

import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How the latents that a diffusion model sees follow from those of an autoencoder: (z - shift) factor, or with statistics of each
 * channel (z - mean) factor / deviation, as Playground 2.5 has it.
 *
 * @param factor about 1 over the deviation of latents, above 0
 * @param shift 0 where there is none
 * @param means of the channels; empty for none
 * @param deviations of the channels, above 0, as many as there are means
 * @param patch the side of squares of latents that become one with as many times the channels, as in FLUX.2, before all that; 1 for none
 */
public record LatentScale(double factor, double shift, List<Double> means, List<Double> deviations, int patch) {
    /** Latents as they are. */
    public static final LatentScale NONE = new LatentScale(1, 0, List.of(), List.of());

    /** Of latents one by one. */
    public LatentScale(double factor, double shift, List<Double> means, List<Double> deviations) {
        this(factor, shift, means, deviations, 1);
    }

    public LatentScale {
        if (patch < 1 || patch > 8) throw new IllegalArgumentException("the patch must be in 1..8: " + patch);
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("the scaling factor must be a positive number: " + factor);
        if (!Double.isFinite(shift)) throw new IllegalArgumentException("the shift must be a number: " + shift);
        if (means.size() != deviations.size())
            throw new IllegalArgumentException(
                    "means and deviations of latents must be as many: " + means.size() + " and " + deviations.size());
        for (double deviation : deviations)
            if (!(deviation > 0))
                throw new IllegalArgumentException("the deviations of latents must be above 0: " + deviation);
    }

    /** What a diffusion model sees of the autoencoder's latents (N, L, h, w). */
    Tensor seen(Tensor z) {
        return patch == 1 ? scaled(z) : scaled(torch.pixel_unshuffle(z, patch)); // (N, p p L, h/p, w/p)
    }

    private Tensor scaled(Tensor z) {
        if (!means.isEmpty())
            return z.sub(perChannel(means, z)).div(perChannel(deviations, z)).mul(new Scalar(factor));
        return this.equals(NONE) ? z : z.sub(new Scalar(shift)).mul(new Scalar(factor));
    }

    /** The autoencoder's latents of what a diffusion model made, (N, L, h, w). */
    Tensor own(Tensor x) {
        return apart(unscaled(x)); // (N, L, h, w)
    }

    /** Of squares that became one the latents, (N, p p L, h/p, w/p) to (N, L, h, w). */
    Tensor apart(Tensor x) {
        return patch == 1 ? x : torch.pixel_shuffle(x, patch);
    }

    private Tensor unscaled(Tensor x) {
        if (!means.isEmpty())
            return x.mul(perChannel(deviations, x)).div(new Scalar(factor)).add(perChannel(means, x));
        return this.equals(NONE) ? x : x.div(new Scalar(factor)).add(new Scalar(shift));
    }

    private static Tensor perChannel(List<Double> values, Tensor like) {
        double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        return Tensors.as(Tensors.of(numbers), like).reshape(1, -1, 1, 1); // (1, L, 1, 1)
    }
}
