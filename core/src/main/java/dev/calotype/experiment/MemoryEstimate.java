package dev.calotype.experiment;

import dev.calotype.diffusion.Variance;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.gan.GanExperiment;
import dev.calotype.kind.gan.GanModel;
import dev.calotype.model.GanFootprint;
import dev.calotype.model.UNetFootprint;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.SlopePenalty;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The memory that a piece of work is expected to need at its peak, in bytes: made before it starts, from the
 * architecture alone. {@code docs/performance.md} says how close it is.
 *
 * @param process what the process has already, and what the JVM and the engine's compiled kernels will add
 * @param weights buffers as long as the work: weights in all their forms, optimizer state, averages
 * @param results what one step or one batch makes and frees again
 * @param data batches decoded ahead
 */
public record MemoryEstimate(long process, long weights, long results, long data) {
    private static final long MB = 1 << 20;
    private static final long COMPILED_CODE = 40 * MB; // of the JVM and of the engine's convolutions
    private static final long ARENA = 32 * MB; // what the allocator holds ready
    /** What the allocator takes for tensors over their bytes: more where few stay among many that come and go. */
    private static final double STEP_FRAGMENTATION = 1.15, FORWARD_FRAGMENTATION = 2;

    private static final long JUDGING = 60 * MB; // pictures, features and comparisons

    private static final int BATCHES_AHEAD = 4;
    private static final int COPIES = 5; // of weights: master, gradient, two moments, those to work with
    private static final int LOSS_IMAGES = 10, BOUND_IMAGES = 40;

    /** Of a training whose workers compute their shares in {@code parts}: its steps, since validation takes less. */
    static MemoryEstimate steps(DiffusionExperiment experiment, Policy policy, int parts) {
        TrainingSettings training = experiment.training();
        Precision precision = training.placement().precision();
        UNetFootprint network = footprint(experiment, precision);
        int workers = training.sharing(training.batch());
        int part = training.largestPart(parts);
        int copies = COPIES + training.ema().size();
        long results = workers * (network.step(part, policy) + loss(experiment, part));
        return new MemoryEstimate(
                besideTensors(),
                4 * copies * network.weights(),
                (long) (STEP_FRAGMENTATION * results),
                ahead(experiment, training.batch()));
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
        long weights = COPIES * (networks.generatorWeights() + networks.discriminatorWeights())
                + training.ema().size() * networks.generatorWeights();
        return new MemoryEstimate(
                besideTensors(),
                4 * weights,
                training.sharing(batch) * results + networks.settling(GanModel.STANDING) + JUDGING,
                ahead(experiment, batch));
    }

    /** Of a training as its recipe says, recomputing if that is left open and nothing else fits. */
    public static MemoryEstimate steps(DiffusionExperiment experiment) {
        return steps(experiment, policy(experiment), experiment.training().accumulate());
    }

    /** What the recipe's choice of recomputing comes to on this machine, now. */
    public static Policy policy(DiffusionExperiment experiment) {
        int parts = experiment.training().accumulate();
        return switch (experiment.training().recompute()) {
            case NEVER -> Policy.NEVER;
            case ALWAYS -> Policy.ALWAYS;
            case AUTO -> steps(experiment, Policy.NEVER, parts).fits() ? Policy.NEVER : Policy.ALWAYS;
        };
    }

    /** Of drawing {@code images} images at once with a network that has yet to be made. */
    public static MemoryEstimate sampling(DiffusionExperiment experiment, int images) {
        Precision precision = experiment.training().placement().precision();
        long weights = 4 * footprint(experiment, precision).weights();
        return sampling(experiment, precision, experiment.sampling().guidance(), images)
                .plus(weights);
    }

    /** Of drawing {@code images} images at once with a network that is there; with guidance each of them counts twice. */
    public static MemoryEstimate sampling(
            DiffusionExperiment experiment, Precision precision, double guidance, int images) {
        boolean guided = guidance != 1 && experiment.labelled();
        long results = footprint(experiment, precision).inference(guided ? 2 * images : images);
        return new MemoryEstimate(besideTensors(), 0, (long) (FORWARD_FRAGMENTATION * results), 0);
    }

    private MemoryEstimate plus(long bytes) {
        return new MemoryEstimate(process, weights + bytes, results, data);
    }

    /**
     * What the process will have beside its tensors. The collector lets half of the initial heap fill with garbage,
     * whatever the work, before it thinks of collecting.
     */
    private static long besideTensors() {
        return ProcessMemory.resident() + youngGeneration() + COMPILED_CODE + ARENA;
    }

    /** The bytes of the heap that fill with garbage sooner or later. */
    public static long youngGeneration() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getInit() / 2;
    }

    private static UNetFootprint footprint(DiffusionExperiment experiment, Precision precision) {
        return new UNetFootprint(
                experiment.network(), experiment.ports(), experiment.data().size(), precision);
    }

    /** The fp32 images that a loss keeps or makes. */
    private static long loss(DiffusionExperiment experiment, int images) {
        boolean bound = experiment.process().variance() == Variance.LEARNED_RANGE;
        return 4L * images * pixels(experiment) * (bound ? BOUND_IMAGES : LOSS_IMAGES);
    }

    /** Of batches decoded ahead. */
    private static long ahead(Experiment experiment, int batch) {
        return BATCHES_AHEAD * (long) batch * pixels(experiment);
    }

    private static long pixels(Experiment experiment) {
        DataSettings data = experiment.data();
        return (long) data.channels() * data.size() * data.size();
    }

    /** The sum. */
    public long total() {
        return process + weights + results + data;
    }

    /** Whether there is as much free memory as the work will add. */
    public boolean fits() {
        return total() - ProcessMemory.resident() <= ProcessMemory.available();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d MB (process %d, weights and optimizer %d, results %d, data %d)",
                total() / MB,
                process / MB,
                weights / MB,
                results / MB,
                data / MB);
    }
}
