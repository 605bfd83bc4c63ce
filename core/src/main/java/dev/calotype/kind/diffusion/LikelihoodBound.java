package dev.calotype.kind.diffusion;

import dev.calotype.data.Batch;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Preparation;
import dev.calotype.diffusion.BitsPerDim;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.Spacing;
import dev.calotype.experiment.Likelihood;
import dev.calotype.io.Progress;
import dev.calotype.model.Condition;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The variational bound of a diffusion model on the negative log-likelihood of images. */
final class LikelihoodBound {
    private static final Logger LOG = LoggerFactory.getLogger(LikelihoodBound.class);
    private static final int BATCH = 32;

    private LikelihoodBound() {}

    /** The bound of {@code count} images, bounded by the size of the data set. */
    public static Likelihood of(DiffusionModel model, ImageDataset data, long count, int steps, Progress progress) {
        GaussianDiffusion full = model.process();
        Check.range("steps", steps, 1, full.schedule().steps());
        GaussianDiffusion process = steps == full.schedule().steps() ? full : full.respaced(Spacing.even(steps));
        Check.range("n", count, 1, 1e12);
        long wanted = Math.min(count, data.size());
        List<Double> totals = new ArrayList<>();
        double[] sums = new double[steps + 1]; // the prior last
        Rng rng = Rng.of(0);
        int size = (int) Math.min(BATCH, wanted);
        Preparation preparation = model.experiment().data().preparation();
        try (OnePass pass = new OnePass(named(data, model.experiment()), preparation, size, 0, wanted)) {
            while (pass.hasNext()) {
                Batch next = pass.next();
                BitsPerDim bits = evaluate(model, process, next, rng.fork(totals.size()));
                for (int i = 0; i < next.count(); i++) {
                    totals.add(bits.total()[i]);
                    sums[steps] += bits.prior()[i];
                    for (int t = 0; t < steps; t++) sums[t] += bits.vb()[i][t];
                }
                progress.at("likelihood", totals.size(), wanted);
            }
        }
        int read = totals.size();
        double[] terms = Arrays.stream(sums).map(sum -> sum / read).toArray();
        double mean = totals.stream().mapToDouble(x -> x).average().orElseThrow();
        double variance =
                totals.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum() / Math.max(1, read - 1);
        return new Likelihood(
                data.name(), read, steps, mean, Math.sqrt(variance / read), terms[steps], Arrays.copyOf(terms, steps));
    }

    /** The pictures with the labels that the model was told of classes of these names; the others have greater ones. */
    private static ImageDataset named(ImageDataset data, DiffusionExperiment experiment) {
        List<String> known = experiment.condition().classes();
        List<String> unknown =
                data.classes().stream().filter(name -> !known.contains(name)).toList();
        if (experiment.labelled() && !unknown.isEmpty())
            LOG.warn(
                    "{} of {} classes of {} are none of {}, such as {}: its pictures of them are told no class",
                    unknown.size(),
                    data.classes().size(),
                    data.name(),
                    experiment.name(),
                    unknown.get(0));
        return new BlendedDataset(data, known);
    }

    private static BitsPerDim evaluate(DiffusionModel model, GaussianDiffusion process, Batch batch, Rng rng) {
        int noClass = model.experiment().noClass();
        Condition condition = model.experiment().labelled()
                ? Condition.ofLabels(Arrays.stream(batch.labels())
                        .map(label -> label < 0 || label >= noClass ? noClass : label)
                        .toArray())
                : Condition.NONE;
        Device device = Device.of(model.network());
        int atOnce = DiffusionMemory.atOnce(model.experiment(), Precision.FP32, 1, 1, batch.count());
        return Scope.read(() -> process.bitsPerDim(predictor(model, condition, atOnce), batch.images(device), rng));
    }

    /** What the model predicts of at most so many images at once. */
    static NoisePredictor predictor(DiffusionModel model, Condition condition, int atOnce) {
        return (noisy, times) -> Scope.tidy(() -> Tensors.inParts(noisy.size(0), atOnce, (from, count) -> {
            Condition some = condition.slice((int) from, (int) from + count);
            return model.predictor(some)
                    .predict(noisy.narrow(0, from, count), times.narrow(0, from, count)); // (atOnce or less, C, H, W)
        })); // (N, C, H, W)
    }
}
