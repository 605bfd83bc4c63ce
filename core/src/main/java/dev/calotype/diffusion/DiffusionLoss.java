package dev.calotype.diffusion;

import static dev.calotype.diffusion.Gaussian.column;
import static dev.calotype.tensor.Tensors.meanPerSample;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a network is trained on: a process, a bound, and the weight of each noise level in the squared error. */
public record DiffusionLoss(GaussianDiffusion process, Loss loss, Weighting weighting) {
    private static final double LN2 = Math.log(2);

    /** @throws IllegalArgumentException if the loss trains no variance but the process has one to learn, or the reverse */
    public DiffusionLoss {
        boolean learned = process.variance() == Variance.LEARNED_RANGE;
        if (loss == Loss.HYBRID && !learned)
            throw new IllegalArgumentException(
                    "the loss HYBRID trains a variance, which must be LEARNED_RANGE: " + process.variance());
        if (loss == Loss.SIMPLE && learned)
            throw new IllegalArgumentException(
                    "the loss SIMPLE trains no variance; with LEARNED_RANGE it must be HYBRID or VLB: SIMPLE");
    }

    /** Every noise level counts the same. */
    public DiffusionLoss(GaussianDiffusion process, Loss loss) {
        this(process, loss, Weighting.uniform());
    }

    /**
     * The loss of each sample at its step {@code t}, of {@code clean} images in [-1, 1] and standard normal {@code eps},
     * (N, C, H, W).
     */
    public LossTerms terms(NoisePredictor network, Tensor clean, Tensor eps, int[] t) {
        return terms(network, null, clean, eps, t);
    }

    /**
     * What the last samples are to teach: not what is true of them, but what another network predicts of them.
     *
     * @param from the first of these samples
     * @param teacher is asked about these samples alone, without gradients
     */
    public record Lesson(int from, NoisePredictor teacher) {}

    /** The same where {@code lesson} is not null. */
    public LossTerms terms(NoisePredictor network, Lesson lesson, Tensor clean, Tensor eps, int[] t) {
        Tensor[] terms = Scope.tidyAll(() -> {
            NoiseLevel[] levels =
                    Arrays.stream(t).mapToObj(process.schedule()::level).toArray(NoiseLevel[]::new);
            Tensor noisy = process.diffuse(clean, eps, t); // (N, C, H, W)
            Tensor[] output = process.split(process.run(network, noisy, levels), noisy); // (N, C, H, W) each
            Tensor mse = loss == Loss.VLB
                    ? null
                    : meanPerSample(output[0]
                            .sub(target(lesson, clean, eps, noisy, levels, t))
                            .square());
            Tensor vb = loss == Loss.SIMPLE
                    ? null
                    : ofTruth(lesson, variational(process, clean, noisy, read(output, noisy, levels), t)); // (N)
            return new Tensor[] {total(mse, vb, t), mse, vb};
        });
        return new LossTerms(terms[0], terms[1], terms[2]);
    }

    /** Without what a teacher says nothing of: variances of the samples that it teaches. */
    private static Tensor ofTruth(Lesson lesson, Tensor vb) {
        if (lesson == null) return vb;
        float[] counts = new float[(int) vb.size(0)];
        Arrays.fill(counts, 0, lesson.from, 1);
        return vb.mul(Tensors.as(Tensors.of(counts, counts.length), vb)); // (N)
    }

    /** What is to be predicted, (N, C, H, W). */
    private Tensor target(Lesson lesson, Tensor clean, Tensor eps, Tensor noisy, NoiseLevel[] levels, int[] t) {
        Tensor truth = process.target(clean, eps, t);
        if (lesson == null || lesson.from == t.length) return truth;
        Tensor taught = Scope.inference(() -> {
            Tensor seen = noisy.narrow(0, lesson.from, t.length - lesson.from);
            NoiseLevel[] own = Arrays.copyOfRange(levels, lesson.from, t.length);
            return process.split(process.run(lesson.teacher, seen, own), seen)[0];
        });
        return Tensors.cat(0, truth.narrow(0, 0, lesson.from), Tensors.as(taught, truth));
    }

    /** The output as a prediction; the hybrid bound must not move the mean. */
    private Prediction read(Tensor[] output, Tensor noisy, NoiseLevel[] levels) {
        Tensor mean = loss == Loss.HYBRID ? output[0].detach() : output[0];
        return new Prediction(
                process.clean(mean, noisy, levels), output[1] == null ? null : GaussianDiffusion.fraction(output[1]));
    }

    private Tensor total(Tensor mse, Tensor vb, int[] t) {
        int steps = process.schedule().steps();
        if (loss == Loss.VLB) return scale(steps, vb);
        Tensor weighted =
                mse.mul(column(t, i -> weighting.weight(process.schedule().level(i), process.parameterization()), mse));
        return loss == Loss.SIMPLE ? weighted : weighted.add(vb, new Scalar(steps / 1000.0)); // λ = 0.001 on the sum
    }

    /** L_t in bits per dimension, (N): the divergence of the reverse step, or at t = 0 the likelihood of the pixels. */
    static Tensor variational(GaussianDiffusion process, Tensor clean, Tensor noisy, Prediction prediction, int[] t) {
        Gaussian model = process.reverse(prediction, noisy, t);
        Tensor divergence = meanPerSample(process.posterior(clean, noisy, t).divergence(model)); // (N)
        if (Arrays.stream(t).allMatch(i -> i > 0)) return scale(1 / LN2, divergence);
        Tensor likelihood = meanPerSample(model.logLikelihood(clean)); // (N)
        Tensor first = column(t, i -> i == 0 ? 1 : 0, likelihood).gt(new Scalar(0.5)); // (N)
        return scale(1 / LN2, torch.where(first, likelihood.neg(), divergence)); // (N)
    }
}
