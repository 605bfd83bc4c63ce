package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;

/** What the training of a pipeline is expected to need of the machine's memory. */
final class PipelineMemory {
    /** Maps that a backward pass wants of a block of a text encoder; copies of scores of attention. */
    private static final int TRANSFORMER = 34, SCORES = 2;

    private static final double FRAGMENTATION = 1.15;
    private static final int TOKENS = 77;
    private static final int MATRICES = 6,
            HEAD = 64; // of a block of a text encoder: its matrices, and how wide its heads are

    private PipelineMemory() {}

    /**
     * @param place where the pipeline is
     * @param captions that differ; 0 where they are not known
     */
    static MemoryPlan plan(PipelineExperiment experiment, Path place, int captions) throws IOException {
        TunablePipeline model = TunablePipeline.open(experiment, place);
        PipelineFiles files = model.files();
        long frozen = weights(files.network(files.denoiser()));
        Texts texts = texts(experiment, files, captions);
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
     * Text encoders that are asked in every step, or what is kept of those that were read and let go before the denoiser comes in.
     *
     * @param weights of all that are asked
     * @param step the values that a step holds of one text
     * @param kept bytes of what captions say, for the whole training
     * @param reading bytes of the largest encoder and of what it and the others make of captions, before there is anything else
     */
    record Texts(long weights, long step, long kept, long reading) {}

    /** @param captions that differ */
    static Texts texts(PipelineExperiment experiment, PipelineFiles files, int captions) throws IOException {
        if (!experiment.texts().asked()) return read(experiment, files, captions);
        long weights = 0, step = 0;
        for (String part : AskedTexts.parts(files)) {
            StoredNetwork encoder = files.network(part);
            weights += weights(encoder);
            for (long[] shape : AskedTexts.shapes(encoder).values()) {
                long width = Math.min(shape[0], shape[1]);
                step += TOKENS * (long) TRANSFORMER * width / MATRICES
                        + SCORES * (width / HEAD) * TOKENS * TOKENS / MATRICES;
            }
        }
        return new Texts(weights, step, 0, 0);
    }

    private static Texts read(PipelineExperiment experiment, PipelineFiles files, int captions) throws IOException {
        int bytes = bytes(experiment);
        long tokens = TOKENS + (files.joint() ? JointTexts.ROW : 0);
        long values = captions * tokens * width(files);
        long largest = 0;
        for (String part : LoraFile.PARTS)
            if (files.has(part) && !part.equals(files.denoiser()))
                largest = Math.max(largest, weights(files.network(part)));
        int made = files.joint() ? 2 : 1; // tokens side by side, and those that they are made of, in fp32
        return new Texts(0, 0, bytes * values, bytes * (largest + values) + 4L * made * values);
    }

    /** The values of a token as the denoiser is told. */
    private static long width(PipelineFiles files) throws IOException {
        StoredNetwork denoiser = files.network(files.denoiser());
        if (files.joint()) return DiffusersTransformer.config(denoiser).tokens();
        for (var weight : Frozen.shapes(denoiser).entrySet())
            if (weight.getKey().endsWith("attn2.to_k.weight")) return weight.getValue()[1];
        return 0;
    }

    private static int bytes(PipelineExperiment experiment) {
        return experiment.training().placement().precision() == Precision.BF16 ? 2 : 4;
    }

    private static MemoryEstimate estimate(
            PipelineExperiment experiment, TunablePipeline model, long frozen, Texts texts, Policy policy) {
        TrainingSettings training = experiment.training();
        int bytes = bytes(experiment);
        boolean factored = training.tune().method().factored();
        int copies = MemoryEstimate.COPIES + training.extraCopies() + training.partCopies(training.accumulate());
        long weights = bytes * (frozen + texts.weights()) + (factored ? 0 : 4L * copies * frozen + bytes * frozen);
        long images = (long) training.sharing(training.batch()) * training.largestPart();
        long results = (long)
                (FRAGMENTATION * bytes * images * (model.step(experiment.data().size(), policy) + texts.step()));
        long data = MemoryEstimate.ahead(experiment, training.batch()) + texts.kept();
        return new MemoryEstimate(
                MemoryEstimate.besideTensors(), weights, Math.max(results, texts.reading() - weights - data), data);
    }
}
