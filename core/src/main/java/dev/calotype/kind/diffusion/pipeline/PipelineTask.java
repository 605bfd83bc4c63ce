package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.Weighting;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.train.Learner;
import dev.calotype.train.Objective;
import dev.calotype.train.adapt.Adaptation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Trains what of a pipeline learns. Text encoders are asked and let go before the denoiser is read. */
final class PipelineTask implements ObjectiveTask<Learned> {
    private static final int VALIDATION_IMAGES = 16;
    private static final long VALIDATION_SEED = 0x5EED;

    private final PipelineExperiment experiment;
    private final Policy policy;
    private final CaptionedLatents data;
    private final FixedBatch fixed;
    private Frozen frozen; // in the scope of the learner
    private PipelineObjective objective;

    PipelineTask(PipelineExperiment experiment, Policy policy, CaptionedLatents data) {
        this.experiment = experiment;
        this.policy = policy;
        this.data = data;
        int count = (int) Math.min(VALIDATION_IMAGES, data.size());
        fixed = new FixedBatch(data, experiment.data().preparation(), count, VALIDATION_SEED);
    }

    @Override
    public Learner learner(Setting setting) {
        try {
            prepare(setting.placement());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ObjectiveTask.super.learner(setting);
    }

    private void prepare(Placement placement) throws IOException {
        TextToImage model = TunablePipeline.open(experiment);
        objective = objective(
                experiment,
                model,
                KnownTexts.read(model, data.texts(), experiment.data().size(), placement));
        frozen = Frozen.read(model.folder().network("unet"), placement);
    }

    static PipelineObjective objective(PipelineExperiment experiment, TextToImage model, KnownTexts texts) {
        double gamma = experiment.noise().minSnrGamma();
        Weighting weighting = gamma > 0 ? Weighting.minSnr(gamma) : Weighting.uniform();
        return new PipelineObjective(
                new DiffusionLoss(model.process(), Loss.SIMPLE, weighting),
                experiment.noise().offset(),
                experiment.texts().dropout(),
                texts);
    }

    /** What learns: of attentions alone where nothing is said, as in diffusers. */
    static Adaptation adaptation(Tuning tune) {
        Adaptation asked = tune.adaptation(Set.of(), 0);
        if (!asked.method().factored() || !asked.layers().isEmpty()) return asked;
        List<String> attention = List.of("to_q", "to_k", "to_v", "to_out.0");
        return new Adaptation(asked.method(), attention, asked.whole(), asked.rank(), asked.alpha(), 0, 0);
    }

    @Override
    public Learned network(Rng rng) {
        Adaptation adaptation = adaptation(experiment.training().tune());
        Learned network = new Learned(frozen, Map.of(), adaptation, rng);
        network.denoiser().recompute(policy);
        return network;
    }

    @Override
    public Objective<Learned> objective() {
        return objective;
    }

    @Override
    public Appraisal appraise(Learned averaged) {
        Batch all = fixed.get();
        int each = experiment.training().largestPart(experiment.training().accumulate());
        Rng rng = Rng.of(VALIDATION_SEED);
        double sum = 0;
        List<Batch> parts = all.split((all.count() + each - 1) / each);
        for (int i = 0; i < parts.size(); i++) sum += objective.sum(averaged, parts.get(i), rng.fork(i));
        return Appraisal.of(sum / all.count());
    }
}
