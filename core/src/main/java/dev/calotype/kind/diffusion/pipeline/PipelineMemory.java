package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;

/** What the training of a pipeline is expected to need of the machine's memory. */
final class PipelineMemory {
    /** Maps that a backward pass wants of a block of a text encoder; copies of scores of attention. */
    private static final int TRANSFORMER = 34, SCORES = 2;

    private static final double FRAGMENTATION = 1.15;
    private static final int TOKENS = 77;
    private static final int MATRICES = 6,
            HEAD = 64; // of a block of a text encoder: its matrices, and how wide its heads are

    private PipelineMemory() {}

    static MemoryPlan plan(PipelineExperiment experiment) throws IOException {
        TunablePipeline model = TunablePipeline.open(experiment);
        PipelineFiles files = model.files();
        long frozen = weights(files.network(files.denoiser()));
        Texts texts = texts(experiment, files);
        TrainingSettings training = experiment.training();
        Policy policy =
                switch (training.recompute()) {
                    case NEVER -> Policy.NEVER;
                    case ALWAYS -> Policy.ALWAYS;
                    case AUTO ->
                        estimate(experiment, model, frozen, texts, Policy.NEVER).fits() ? Policy.NEVER : Policy.ALWAYS;
                };
        return MemoryPlan.of(
                estimate(experiment, model, frozen, texts, policy),
                policy,
                () -> "set data.size or training.batch lower, or training.recompute=always");
    }

    private static long weights(StoredNetwork network) throws IOException {
        long weights = 0;
        for (long[] shape : Frozen.shapes(network).values()) weights += Tensors.count(shape);
        return weights;
    }

    /**
     * Text encoders that are asked in every step.
     *
     * @param weights of all of them
     * @param step the values that a step holds of one text
     */
    record Texts(long weights, long step) {}

    static Texts texts(PipelineExperiment experiment, PipelineFiles files) throws IOException {
        long weights = 0, step = 0;
        if (!experiment.texts().asked()) return new Texts(0, 0); // they are let go before the denoiser comes in
        for (String part : AskedTexts.parts(files)) {
            StoredNetwork encoder = files.network(part);
            weights += weights(encoder);
            for (long[] shape : AskedTexts.shapes(encoder).values()) {
                long width = Math.min(shape[0], shape[1]);
                step += TOKENS * (long) TRANSFORMER * width / MATRICES
                        + SCORES * (width / HEAD) * TOKENS * TOKENS / MATRICES;
            }
        }
        return new Texts(weights, step);
    }

    private static MemoryEstimate estimate(
            PipelineExperiment experiment, TunablePipeline model, long frozen, Texts texts, Policy policy) {
        TrainingSettings training = experiment.training();
        int bytes = training.placement().precision() == Precision.BF16 ? 2 : 4;
        boolean factored = training.tune().method().factored();
        int copies = MemoryEstimate.COPIES + training.extraCopies();
        long weights = bytes * (frozen + texts.weights()) + (factored ? 0 : 4L * copies * frozen + bytes * frozen);
        long images = (long) training.sharing(training.batch()) * training.largestPart(training.accumulate());
        long results = (long)
                (FRAGMENTATION * bytes * images * (model.step(experiment.data().size(), policy) + texts.step()));
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(), weights, results, MemoryEstimate.ahead(experiment, training.batch()));
    }
}
