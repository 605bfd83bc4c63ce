package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.kind.diffusion.DiffusionExperiment.Denoiser;
import dev.calotype.model.UNetFootprint;
import dev.calotype.model.dit.DitFootprint;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongBiFunction;

/** What a diffusion model is expected to need of the machine's memory. */
final class DiffusionMemory {
    /** What the allocator takes for tensors over their bytes: more where few stay among many that come and go. */
    private static final double STEP_FRAGMENTATION = 1.15, FORWARD_FRAGMENTATION = 2;

    private static final int LOSS_IMAGES = 10, BOUND_IMAGES = 40;

    private DiffusionMemory() {}

    /** What a training that begins now needs, and what follows from it. */
    static MemoryPlan plan(DiffusionExperiment experiment) {
        Policy policy = policy(experiment);
        int parts = experiment.training().accumulate();
        return MemoryPlan.of(steps(experiment, policy, parts), policy, () -> advice(experiment, policy));
    }

    private static String advice(DiffusionExperiment experiment, Policy policy) {
        TrainingSettings training = experiment.training();
        String recompute = policy == Policy.NEVER ? "set training.recompute=always" : "";
        for (int parts = training.accumulate(); parts <= training.largestShard(training.batch()); parts *= 2) {
            if (!steps(experiment, Policy.ALWAYS, parts).fits()) continue;
            if (parts == training.accumulate()) return recompute;
            return (recompute.isEmpty() ? "set " : recompute + " and ") + "training.accumulate=" + parts;
        }
        return "use fewer network.channels or a smaller transformer.width, a smaller data.size or training.workers=1, or free some memory";
    }

    /** Of a training whose workers compute their shares in {@code parts}: its steps, since validation takes less. */
    static MemoryEstimate steps(DiffusionExperiment experiment, Policy policy, int parts) {
        TrainingSettings training = experiment.training();
        Precision precision = training.placement().precision();
        Footprint network = footprint(experiment, precision);
        int workers = training.sharing(training.batch());
        int part = training.largestPart(parts);
        boolean taught = experiment.asksBase();
        boolean frozen = training.tune().method().factored(); // factors that learn are few
        int copies = (frozen ? 1 : MemoryEstimate.COPIES + training.extraCopies())
                + (taught ? 1 : 0)
                + training.partCopies(parts);
        long results = workers * (network.step().applyAsLong(part, policy) + loss(experiment, part));
        boolean guided =
                experiment.distillation().used() && experiment.distillation().guidance() != 1;
        if (taught) results += workers * network.inference().applyAsLong(guided ? 2 * part : part);
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(),
                4 * copies * network.weights(),
                (long) (STEP_FRAGMENTATION * results),
                MemoryEstimate.ahead(experiment, training.batch()));
    }

    /** Of a training as its recipe says, recomputing if that is left open and nothing else fits. */
    static MemoryEstimate steps(DiffusionExperiment experiment) {
        return steps(experiment, policy(experiment), experiment.training().accumulate());
    }

    /** What the recipe's choice of recomputing comes to on this machine, now. */
    static Policy policy(DiffusionExperiment experiment) {
        int parts = experiment.training().accumulate();
        return switch (experiment.training().recompute()) {
            case NEVER -> Policy.NEVER;
            case ALWAYS -> Policy.ALWAYS;
            case AUTO -> steps(experiment, Policy.NEVER, parts).fits() ? Policy.NEVER : Policy.ALWAYS;
        };
    }

    /** Of drawing {@code images} images at once with a network that has yet to be made. */
    static MemoryEstimate sampling(DiffusionExperiment experiment, int images) {
        Precision precision = experiment.training().placement().precision();
        long weights = 4 * footprint(experiment, precision).weights();
        MemoryEstimate drawing =
                sampling(experiment, precision, experiment.sampling().guidance(), images);
        return new MemoryEstimate(drawing.process(), weights, drawing.results(), drawing.data());
    }

    /** Of drawing {@code images} images at once with a network that is there; with guidance each of them counts twice. */
    static MemoryEstimate sampling(DiffusionExperiment experiment, Precision precision, double guidance, int images) {
        boolean guided = guidance != 1 && experiment.guidable();
        long results = footprint(experiment, precision).inference().applyAsLong(guided ? 2 * images : images);
        return new MemoryEstimate(MemoryEstimate.besideTensors(), 0, (long) (FORWARD_FRAGMENTATION * results), 0);
    }

    /** How many images a training draws at once of what it has learned: as many as fit, at least those that a step holds more of. */
    static int drawnAtOnce(DiffusionExperiment experiment) {
        TrainingSettings training = experiment.training();
        int least = Math.min(DrawsImages.MOST_AT_ONCE, training.largestPart());
        return atOnce(
                experiment,
                training.placement().precision(),
                experiment.sampling().guidance(),
                least,
                DrawsImages.MOST_AT_ONCE);
    }

    /** How many images of {@code least} to {@code most} a network that is there is shown at once: as many as fit. */
    static int atOnce(DiffusionExperiment experiment, Precision precision, double guidance, int least, int most) {
        return MemoryEstimate.atOnce(least, most, images -> sampling(experiment, precision, guidance, images)
                .fits());
    }

    /** What is counted of a network that need not exist. */
    private record Footprint(long weights, ToLongBiFunction<Integer, Policy> step, IntToLongFunction inference) {}

    private static Footprint footprint(DiffusionExperiment experiment, Precision precision) {
        int side = experiment.side();
        if (experiment.denoiser() == Denoiser.TRANSFORMER) {
            var counted = new DitFootprint(experiment.transformer(), experiment.ports(), side, precision);
            return new Footprint(counted.weights(), counted::step, counted::inference);
        }
        var counted = new UNetFootprint(experiment.network(), experiment.ports(), side, precision);
        return new Footprint(counted.weights(), counted::step, counted::inference);
    }

    /** The fp32 images that a loss keeps or makes. */
    private static long loss(DiffusionExperiment experiment, int images) {
        boolean bound = experiment.process().variance() == Variance.LEARNED_RANGE;
        long values = (long) experiment.channels() * experiment.side() * experiment.side();
        return 4L * images * values * (bound ? BOUND_IMAGES : LOSS_IMAGES);
    }
}
