package dev.calotype.kind.gan;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.GanFootprint;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.SlopePenalty;

/** What the training of a gan is expected to need of the machine's memory. */
final class GanMemory {
    private static final long JUDGING = 60 << 20; // pictures, features and comparisons

    private GanMemory() {}

    /** What a training that begins now needs, and what follows from it. */
    static MemoryPlan plan(GanExperiment experiment) {
        MemoryEstimate estimate = steps(experiment, experiment.training().batch());
        return MemoryPlan.of(estimate, Policy.NEVER, () -> advice(experiment));
    }

    private static String advice(GanExperiment experiment) {
        int smallest = Math.max(2, experiment.training().workers());
        for (int batch = experiment.training().batch() / 2; batch >= smallest; batch /= 2)
            if (steps(experiment, batch).fits()) return "set training.batch=" + batch;
        return "use a smaller network, a smaller data.size or training.workers=1, or free some memory";
    }

    /**
     * Of a gan's training with {@code batch} images per update: the most demanding of its turns, and the judgement of its
     * images, which does not find room in what the turns leave.
     */
    static MemoryEstimate steps(GanExperiment experiment, int batch) {
        TrainingSettings training = experiment.training();
        GanFootprint networks = experiment.footprint(training.placement().precision());
        int share = training.largestShard(batch);
        AdversarialStep.Rules rules = experiment.game().rules();
        long results = Math.max(networks.judging(share), networks.generating(share));
        if (rules.penalty().kind() != SlopePenalty.Kind.NONE) results = Math.max(results, networks.slopes(share));
        if (rules.pathLength().weight() > 0) results = Math.max(results, networks.paths(Math.max(1, share / 2)));
        long weights = MemoryEstimate.COPIES * (networks.generatorWeights() + networks.discriminatorWeights())
                + training.ema().size() * networks.generatorWeights();
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(),
                4 * weights,
                training.sharing(batch) * results + networks.settling(GanModel.STANDING) + JUDGING,
                MemoryEstimate.ahead(experiment, batch));
    }

    /** Of drawing {@code images} images at once with a generator that is there. */
    static MemoryEstimate drawing(GanExperiment experiment, Precision precision, int images) {
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(),
                0,
                experiment.footprint(precision).drawing(images),
                0);
    }
}
