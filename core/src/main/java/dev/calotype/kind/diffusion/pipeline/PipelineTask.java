package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.kind.diffusion.pipeline.AskedTexts.Tower;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.kind.diffusion.pipeline.TextSettings.Encoders;
import dev.calotype.kind.diffusion.pipeline.TextSettings.WordSettings;
import dev.calotype.model.latent.ToldDenoiser;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.train.Learner;
import dev.calotype.train.Objective;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains what of a pipeline learns. Text encoders are asked and let go before the denoiser is read, unless what they say changes while it
 * is learned.
 */
final class PipelineTask implements ObjectiveTask<Learned> {
    private static final int VALIDATION_IMAGES = 16;
    private static final long VALIDATION_SEED = 0x5EED;
    private static final List<String> OF_TEXTS = List.of("q_proj", "k_proj", "v_proj", "out_proj");

    private final PipelineExperiment experiment;
    private final Policy policy;
    private final CaptionedLatents data;
    private final FixedBatch fixed;
    private Frozen<? extends ToldDenoiser> frozen; // in the scope of the learner
    private Map<String, Tensor> words;
    private List<Tower> towers = List.of(); // text encoders that are asked in every step
    private Adaptation adaptation;
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
        TunablePipeline model = TunablePipeline.open(experiment, data.place());
        PipelineFiles files = model.files();
        TextSettings settings = experiment.texts();
        WordSettings word = settings.word();
        int size = experiment.data().size();
        words = AskedTexts.begun(files, word);
        KnownTexts texts;
        if (settings.asked()) {
            PipelineFiles knowing = word.used() ? AskedTexts.knowing(files, word, words) : files;
            AskedTexts asked = AskedTexts.read(knowing, settings.encoders(), data.texts(), size, placement);
            towers = asked.towers();
            texts = asked;
        } else texts = KnownTexts.read(files, data.texts(), size, placement);
        objective = objective(experiment, model, texts);
        adaptation = adaptation(experiment, model.layers());
        frozen = model.read(placement);
    }

    static PipelineObjective objective(PipelineExperiment experiment, TunablePipeline model, KnownTexts texts) {
        return new PipelineObjective(
                model.noising(experiment.noise()),
                experiment.noise().offset(),
                experiment.texts().dropout(),
                texts);
    }

    /**
     * What learns: of attentions alone where nothing is said, as in diffusers, those of text encoders among them where these learn, and a
     * word where one is to be learned.
     *
     * @param attentions the layers of the denoiser's
     */
    static Adaptation adaptation(PipelineExperiment experiment, List<String> attentions) {
        Tuning tune = experiment.training().tune();
        Adaptation asked = tune.adaptation(Set.of(), 0);
        if (asked.method() == Method.FULL) return asked;
        Set<String> whole = new HashSet<>(asked.whole());
        if (experiment.texts().word().used()) whole.add("word");
        if (!asked.method().factored())
            return new Adaptation(asked.method(), asked.layers(), whole, asked.rank(), asked.alpha(), 0, 0);
        boolean encoders = experiment.texts().encoders() == Encoders.LEARNED;
        List<String> usual =
                encoders ? Stream.concat(attentions.stream(), OF_TEXTS.stream()).toList() : attentions;
        List<String> layers = asked.layers().isEmpty() ? usual : asked.layers();
        return new Adaptation(asked.method(), layers, whole, asked.rank(), asked.alpha(), 0, 0);
    }

    @Override
    public Learned network(Rng rng) {
        Learned network = new Learned(frozen, towers, words, adaptation, rng);
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
        Rng rng = Rng.of(VALIDATION_SEED);
        double sum = 0;
        List<Batch> parts = all.atMost(experiment.training().largestPart());
        for (int i = 0; i < parts.size(); i++) sum += objective.sum(averaged, parts.get(i), rng.fork(i));
        return Appraisal.of(sum / all.count());
    }
}
