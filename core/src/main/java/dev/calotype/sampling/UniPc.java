package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * UniPC of second order with B(h) = e^h − 1 in predictions of the image (Zhao et al. 2023): a multistep predictor, which the call
 * of the next step corrects, so that the correction costs nothing. The first and the last step are of first order.
 */
public record UniPc(Walk walk) implements WalkSampler {
    private static final int ORDER = 2;

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        return Steps.run(new Tensor[] {noisy, null, null, null}, walk.steps(), (state, i) -> {
            Tensor predicted = state[0], before = state[1], m0 = state[2], m1 = state[3];
            Tensor clean = denoiser.denoise(predicted, walk.leg(i).from()); // (N, C, H, W)
            Tensor x = i == 0 ? predicted : corrected(before, clean, m0, m1, i - 1); // (N, C, H, W)
            Tensor next = known.kept(predicted(x, clean, m0, i), walk.next(i)); // (N, C, H, W)
            return new Tensor[] {next, x, clean, m0 == null ? null : m0.clone()};
        });
    }

    private int order(int i) {
        return Math.min(Math.min(ORDER, walk.steps() - i), i + 1);
    }

    private Tensor predicted(Tensor x, Tensor m0, Tensor m1, int i) {
        Tensor first = walk.leg(i).solved(x, m0); // (N, C, H, W)
        if (order(i) == 1) return first;
        double r = -walk.leg(i - 1).h() / walk.leg(i).h();
        double weight = -walk.leg(i).to().signal() * Math.expm1(-walk.leg(i).h()) * 0.5 / r;
        return first.add(combine(weight, m1, -weight, m0)); // (N, C, H, W)
    }

    /**
     * The end of step {@code i} once its prediction was seen.
     *
     * @param x where the step began
     * @param seen the image behind the prediction
     * @param m0 the image behind x
     * @param m1 the image before that
     */
    private Tensor corrected(Tensor x, Tensor seen, Tensor m0, Tensor m1, int i) {
        Walk.Leg leg = walk.leg(i);
        double h = leg.h(), b = Math.expm1(-h);
        double phi1 = b / -h - 1;
        double phi2 = phi1 / -h - 0.5;
        double scale = -leg.to().signal() * b;
        Tensor first = leg.solved(x, m0); // (N, C, H, W)
        if (order(i) == 1) return first.add(combine(scale * 0.5, seen, -scale * 0.5, m0)); // (N, C, H, W)
        double r = -walk.leg(i - 1).h() / h;
        double rho1 = (phi1 - 2 * phi2) / b / (1 - r);
        double rho2 = phi1 / b - rho1;
        Tensor history = combine(scale * rho1 / r, m1, -scale * rho1 / r, m0); // (N, C, H, W)
        return first.add(history).add(combine(scale * rho2, seen, -scale * rho2, m0)); // (N, C, H, W)
    }
}
