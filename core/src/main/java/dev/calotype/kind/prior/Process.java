package dev.calotype.kind.prior;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.sampling.Ancestral;
import dev.calotype.sampling.Guidance;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The diffusion of vectors: a cosine schedule, a network that predicts the vector without noise, ancestral sampling with guidance, as
 * in Karlo. Where a caption is withheld its vector is 0, the mean of all.
 */
record Process(PriorExperiment.Diffusion settings) {
    private static final Clip CLIP = new Clip(Clip.Kind.CLAMP, 5, Clip.PIXELS.quantile()); // Karlo's

    private static final long VECTOR =
            0x7EC; // the name of the stream: what draws the picture takes others of the same image

    /** The source of all noise of vectors, of those of the images that they are for. */
    static Rng noise(Rng images) {
        return images.fork(VECTOR);
    }

    private GaussianDiffusion whole() {
        return new GaussianDiffusion(
                NoiseSchedule.cosine(settings.steps()).countedInSteps(), Parameterization.CLEAN, Variance.FIXED_SMALL);
    }

    /**
     * The mean loss of standard vectors of pictures.
     *
     * @param pictures (N, E)
     * @param texts (N, E)
     */
    Tensor loss(PriorTransformer network, Tensor pictures, Tensor texts, Rng rng) {
        return Scope.tidy(() -> {
            int count = (int) pictures.size(0);
            int[] t = TimestepSampler.uniform(settings.steps())
                    .draw(count, rng.fork(0))
                    .t();
            Tensor eps = rng.fork(1).normalLike(pictures); // (N, E)
            Tensor told = texts.mul(kept(rng.fork(2), texts)); // (N, E)
            return new DiffusionLoss(whole(), Loss.SIMPLE)
                    .terms(predictor(network, told), points(pictures), points(eps), t)
                    .total()
                    .mean();
        });
    }

    /** 0 in the rows of captions that are withheld, else 1: (N, 1). */
    private Tensor kept(Rng rng, Tensor texts) {
        double[] kept = new double[(int) texts.size(0)];
        for (int i = 0; i < kept.length; i++) kept[i] = rng.nextDouble() < settings.dropout() ? 0 : 1;
        return Tensors.perSample(kept, texts);
    }

    /**
     * Standard vectors of pictures.
     *
     * @param texts (N, E)
     * @param images the source of each row's noise, and of the picture that is drawn of it
     * @return (N, E)
     */
    Tensor sample(PriorTransformer network, Tensor texts, Rng images) {
        return Scope.tidy(() -> {
            Rng rows = noise(images);
            double weight = settings.guidance();
            NoiseSchedule schedule = whole().schedule().respaced(settings.samplingSteps());
            Tensor told = weight == 1 ? texts : Tensors.cat(0, texts, texts.mul(new Scalar(0.0)));
            NoisePredictor predictor = predictor(network, told);
            Denoiser denoiser = weight == 1
                    ? whole().denoiser(predictor, CLIP)
                    : new Guidance(whole().denoiser(predictor, Clip.NONE), weight, CLIP);
            Tensor noise = points(rows.fork(0).normalLike(texts)); // (N, E, 1, 1)
            return new Ancestral(schedule, Variance.FIXED_SMALL)
                    .sample(denoiser, noise, rows.fork(1))
                    .flatten(1, -1); // (N, E)
        });
    }

    private static NoisePredictor predictor(PriorTransformer network, Tensor texts) {
        return (noisy, times) -> points(network.forward(noisy.flatten(1, -1), times, texts)); // (N, E, 1, 1)
    }

    /** Vectors as images of one pixel, (N, E, 1, 1). */
    private static Tensor points(Tensor vectors) {
        return vectors.unsqueeze(2).unsqueeze(3);
    }
}
