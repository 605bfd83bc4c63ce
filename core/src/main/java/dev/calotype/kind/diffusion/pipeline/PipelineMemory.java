package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.List;

/** What the training of a pipeline is expected to need of the machine's memory. */
final class PipelineMemory {
    /** Maps that a backward pass wants of a residual block, and of a transformer block; copies of scores of attention. */
    private static final int RESIDUAL = 12, TRANSFORMER = 34, SCORES = 2;

    private static final double FRAGMENTATION = 1.15;
    private static final int TOKENS = 77;
    private static final int MATRICES = 6,
            HEAD = 64; // of a block of a text encoder: its matrices, and how wide its heads are

    private PipelineMemory() {}

    static MemoryPlan plan(PipelineExperiment experiment) throws IOException {
        TextToImage model = TunablePipeline.open(experiment);
        StoredNetwork unet = model.folder().network("unet");
        long frozen = 0;
        for (long[] shape : Frozen.shapes(unet).values()) frozen += Tensors.count(shape);
        Texts texts = texts(experiment, model.folder());
        TrainingSettings training = experiment.training();
        int side = experiment.data().size() * model.unet().coarsest() / model.unit();
        Policy policy =
                switch (training.recompute()) {
                    case NEVER -> Policy.NEVER;
                    case ALWAYS -> Policy.ALWAYS;
                    case AUTO ->
                        estimate(experiment, model.unet(), frozen, texts, side, Policy.NEVER)
                                        .fits()
                                ? Policy.NEVER
                                : Policy.ALWAYS;
                };
        return MemoryPlan.of(
                estimate(experiment, model.unet(), frozen, texts, side, policy),
                policy,
                () -> "set data.size or training.batch lower, or training.recompute=always");
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
            for (long[] shape : Frozen.shapes(encoder).values()) weights += Tensors.count(shape);
            for (long[] shape : AskedTexts.shapes(encoder).values()) {
                long width = Math.min(shape[0], shape[1]);
                step += TOKENS * (long) TRANSFORMER * width / MATRICES
                        + SCORES * (width / HEAD) * TOKENS * TOKENS / MATRICES;
            }
        }
        return new Texts(weights, step);
    }

    private static MemoryEstimate estimate(
            PipelineExperiment experiment, LatentUNetConfig unet, long frozen, Texts texts, int side, Policy policy) {
        TrainingSettings training = experiment.training();
        int bytes = training.placement().precision() == Precision.BF16 ? 2 : 4;
        boolean factored = training.tune().method().factored();
        int copies = MemoryEstimate.COPIES + training.extraCopies();
        long weights = bytes * (frozen + texts.weights()) + (factored ? 0 : 4L * copies * frozen + bytes * frozen);
        long images = (long) training.sharing(training.batch()) * training.largestPart(training.accumulate());
        long results = (long) (FRAGMENTATION * bytes * images * (step(unet, side, policy) + texts.step()));
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(), weights, results, MemoryEstimate.ahead(experiment, training.batch()));
    }

    /** The values that a step holds of one image of so many latents per side. */
    static long step(LatentUNetConfig unet, int side, Policy policy) {
        long all = 0, inputs = 0, largest = 0;
        List<Level> levels = unet.levels();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            long pixels = (long) (side >> i) * (side >> i);
            long blocks = 2L * level.blocks() + 1;
            long scores = SCORES * level.heads() * pixels * (pixels + TOKENS);
            long block = pixels * level.width() * (RESIDUAL + (long) TRANSFORMER * level.depth());
            long stage = block + level.depth() * scores;
            all += blocks * stage;
            inputs += 2 * blocks * pixels * level.width(); // on the way up with the skip connection
            largest = Math.max(largest, stage);
        }
        return policy == Policy.NEVER ? all : inputs + largest;
    }
}
