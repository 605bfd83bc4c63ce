package dev.calotype.kind.diffusion;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.embedding.EmbeddedDataset;
import dev.calotype.embedding.LatentDataset;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.embedding.TextEncoder;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.ConditionSettings.By;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Stepwise;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.model.UNetVariant.Signal;
import dev.calotype.model.dit.DiffusionTransformer;
import dev.calotype.model.dit.DitConfig;
import dev.calotype.model.hint.Hints;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Rng;
import dev.calotype.train.mixing.NonLeakingAugmentation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A diffusion model of images: what is learned from, by what network, how, and how it is sampled and judged.
 *
 * @param embedding used where {@code condition.by} is embedding
 * @param enlarging used where it is smaller
 * @param latent what is drawn in: with an autoencoder, its latents
 * @param network used where {@code denoiser} is u-net
 * @param transformer used where it is transformer
 * @param nonLeaking what is done to pictures and told
 */
public record DiffusionExperiment(
        String name,
        long seed,
        DataSettings data,
        ConditionSettings condition,
        EmbeddingSettings embedding,
        EnlargingSettings enlarging,
        LatentSettings latent,
        Denoiser denoiser,
        UNet.Config network,
        DitConfig transformer,
        NonLeakingAugmentation nonLeaking,
        ProcessSettings process,
        DistillationSettings distillation,
        TrainingSettings training,
        SamplingSettings sampling,
        EvaluationSettings evaluation)
        implements GenerativeExperiment, Stepwise {
    /** What removes the noise. */
    public enum Denoiser {
        U_NET,
        /** {@link dev.calotype.model.dit.DiffusionTransformer}. */
        TRANSFORMER
    }

    public DiffusionExperiment {
        Experiment.requireName(name);
        boolean unet = denoiser == Denoiser.U_NET;
        requireSides(
                data.size(),
                latent,
                unet ? network.coarsest() : transformer.patch(),
                unet ? "factor of the network's coarsest level" : "patch of the transformer");
        Check.that(
                !latent.used() || condition.by() != By.SMALLER,
                "condition.by must not be smaller where latent.autoencoder is given",
                latent.autoencoder());
        Check.that(
                !nonLeaking.used() || !latent.used() && condition.by() != By.SMALLER,
                "nonLeaking.probability must be 0 where latent.autoencoder is given or condition.by is smaller",
                nonLeaking.probability());
        sampling.sampler(process.process());
        Check.that(
                !unet || network.variant().time().signal() != Signal.FOURIER,
                "network.variant.time.signal must be sinusoids or learned, since a process has a step 0, of which fourier takes"
                        + " the logarithm",
                "fourier");
        Check.that(
                condition.by() != By.SMALLER || data.size() % enlarging.from() == 0 && data.size() > enlarging.from(),
                "data.size must be a multiple of enlarging.from, " + enlarging.from(),
                data.size());
    }

    private static void requireSides(int size, LatentSettings latent, int unit, String what) {
        int whole = unit * latent.factor();
        Check.that(
                size % whole == 0,
                "data.size must be a multiple of " + whole + ", the " + what
                        + (latent.used() ? " times that of the autoencoder" : ""),
                size);
    }

    /** The pixels or latents of which sides that the network takes are multiples. */
    int unit() {
        return denoiser == Denoiser.U_NET ? network.coarsest() : transformer.patch();
    }

    /** Whether the network takes sides that it was not trained with. */
    boolean takesOtherSides() {
        return denoiser == Denoiser.U_NET || transformer.positions() == DitConfig.Positions.SIN_COS;
    }

    /** The network with fresh weights that depend on {@code rng} alone. */
    DiffusionNetwork fresh(Rng rng) {
        return denoiser == Denoiser.U_NET
                ? new UNet(network, ports(), rng)
                : new DiffusionTransformer(transformer, ports(), side(), rng);
    }

    /** The network for weights that are about to be loaded. */
    DiffusionNetwork blank() {
        return denoiser == Denoiser.U_NET
                ? new UNet(network, ports())
                : new DiffusionTransformer(transformer, ports(), side());
    }

    @Override
    public void requireTrainable() {
        GenerativeExperiment.super.requireTrainable();
        Check.that(
                guidable() || sampling.guidance() == 1,
                "sampling.guidance must be 1 where condition.by is " + Kebab.of(condition.by()),
                sampling.guidance());
        if (condition.by() == By.EMBEDDING) requirePlain("condition.by is embedding", "vectors");
        if (latent.used()) requirePlain("latent.autoencoder is given", "latents");
        Check.that(
                condition.by() != By.EMBEDDING || !embedding.encoder().isBlank(),
                "embedding.encoder must name a run of the kind clip where condition.by is embedding",
                "'" + embedding.encoder() + "'");
        Check.that(
                !labelled() || knowsNoClass() || condition.dropout() == 0 && sampling.guidance() == 1,
                "condition.dropout must be 0 and sampling.guidance 1 with a network that knows no class for none",
                condition.dropout() + " and " + sampling.guidance());
        Check.that(
                sampling.eta() == 0 || sampling.method() == SamplingSettings.Method.DDIM,
                "sampling.eta is of the sampler ddim and must be 0 with another",
                sampling.eta());
        Check.that(
                condition.by() != By.SMALLER || evaluation.duringTraining() == 0,
                "evaluation.duringTraining must be 0 where condition.by is smaller, which draws nothing without pictures to enlarge",
                evaluation.duringTraining());
        if (distillation.used()) requireDistillable();
    }

    /** Whether training asks what it begins with. */
    boolean asksBase() {
        return distillation.used() || training.tune().rehearsal().asksBase();
    }

    private void requireDistillable() {
        Check.that(
                training.tune().used(),
                "training.tune.from must name the model that is distilled where distillation.steps is above 0",
                "'" + training.tune().from() + "'");
        Check.that(
                process.variance() != Variance.LEARNED_RANGE,
                "process.variance must not be learned-range where distillation.steps is above 0",
                Kebab.of(process.variance()));
        Check.that(
                process.parameterization() != Parameterization.EPSILON,
                "process.parameterization must not be epsilon where distillation.steps is above 0",
                Kebab.of(process.parameterization()));
        Check.that(
                process.steps() % distillation.taught() == 0,
                "distillation.steps times distillation.substeps must divide process.steps, " + process.steps(),
                distillation.taught());
        Check.that(
                guidable() || distillation.guidance() == 1,
                "distillation.guidance must be 1 where condition.by is " + Kebab.of(condition.by()),
                distillation.guidance());
        Check.that(
                distillation.guidance() == 1 || !nonLeaking.used() && (!labelled() || knowsNoClass()),
                "distillation.guidance must be 1 with nonLeaking.probability above 0 and with a network that knows no class for none",
                distillation.guidance());
        distillation.require(sampling);
        Check.that(
                sampling.guidance() == 1,
                "sampling.guidance must be 1 where distillation.steps is above 0",
                sampling.guidance());
    }

    private void requirePlain(String where, String what) {
        Check.that(
                data.flip() == Preparation.Flip.NONE
                        && data.crop() == Preparation.Crop.CENTRE
                        && data.augment().equals(Augmentations.NONE),
                "data.flip, data.crop and data.augment must leave pictures as they are where " + where + ", since the "
                        + what + " are those of the pictures",
                data.source());
    }

    @Override
    public int steps() {
        return process.steps();
    }

    @Override
    public SamplingSettings sampling(Map<String, String> asked) {
        SamplingSettings wanted = sampling.with(asked, process.steps());
        Check.that(
                guidable() || !asked.containsKey("guidance"),
                "guidance needs a model with classes or embeddings, which " + name + " has not",
                asked.get("guidance"));
        Check.that(
                wanted.guidance() == 1 || !labelled() || knowsNoClass(),
                "guidance must be 1, as the network of " + name + " knows no class for none",
                wanted.guidance());
        if (distillation.used()) distillation.require(wanted);
        wanted.sampler(process.process());
        return wanted;
    }

    /** With the levels that a sampler visits where somebody wants so many steps of it, in place of those that it had for as many. */
    DiffusionExperiment optimized(SamplingSettings.Method method, List<List<Double>> found) {
        Stream<OptimizedSteps> kept = sampling.optimized().stream()
                .filter(old -> found.stream().noneMatch(sigmas -> old.isOf(method, sigmas.size())));
        List<OptimizedSteps> all = Stream.concat(kept, found.stream().map(sigmas -> new OptimizedSteps(method, sigmas)))
                .toList();
        return (DiffusionExperiment) Recipe.with(this, List.of("sampling.optimized=" + all));
    }

    /** What goes into the network and comes out. */
    public UNet.Ports ports() {
        int in = channels(), out = process.variance() == Variance.LEARNED_RANGE ? 2 * in : in;
        int classes = labelled() ? condition.classes().size() + (knowsNoClass() ? 1 : 0) : 0;
        return new UNet.Ports(in, out, classes, hints());
    }

    /** Channels of what the network draws: of latents, or of pictures. */
    int channels() {
        return latent.used() ? latent.channels() : data.channels();
    }

    /** Height and width of what the network draws. */
    int side() {
        return data.size() / latent.factor();
    }

    private Hints hints() {
        Hints hints =
                switch (condition.by()) {
                    case NONE, LABEL -> Hints.NONE;
                    case EMBEDDING ->
                        new Hints(
                                embedding.values(),
                                embedding.tokens(),
                                0,
                                embedding.words().tokens(),
                                embedding.words().values(),
                                0);
                    case SMALLER -> new Hints(0, 0, data.channels());
                };
        return nonLeaking.used() ? hints.changed(NonLeakingAugmentation.VALUES) : hints;
    }

    /** Whether what is asked for can be exaggerated. */
    boolean guidable() {
        return labelled() || condition.by() == By.EMBEDDING;
    }

    /** Whether the network has a row of its table for images of no class in particular, as guidance needs. */
    boolean knowsNoClass() {
        if (denoiser == Denoiser.TRANSFORMER) return labelled();
        return labelled() && network.variant().time().labels() == UNetVariant.Labels.TABLE;
    }

    /** The label that stands for no class. */
    int noClass() {
        return condition.classes().size();
    }

    @Override
    public DiffusionExperiment withClasses(List<String> classes) {
        return with(condition.resolved(classes, data), embedding, latent);
    }

    /** With the encoder and the autoencoder, which {@link DiffusionKind#learnable} has opened, as they are now. */
    @Override
    public DiffusionExperiment withData(ImageDataset pictures) throws IOException {
        if (pictures instanceof ReadCaptions told)
            return withWords(told.encoder()).withData(told.all());
        DiffusionExperiment settled = withClasses(pictures.classes());
        ImageDataset part = BlendedDataset.first(pictures); // what is rehearsed has gone through the same
        if (part instanceof LatentDataset latents) {
            latent.requireSame(latents.latents(), name);
            settled = settled.with(settled.condition, settled.embedding, latent.of(latents.latents()));
        }
        ImageDataset vectors = part instanceof LatentDataset latents ? latents.all() : part;
        if (!(vectors instanceof EmbeddedDataset embedded)) return settled;
        String known = embedding.encoderHash();
        if (!known.isEmpty() && !embedded.pairs().encoder().isKnownAs(known))
            throw new IOException(embedding.encoder() + " is not the encoder that " + name
                    + " began to learn with: its vectors do not compare");
        return settled.with(settled.condition, embedding.of(embedded.pairs()), settled.latent);
    }

    /** With the text encoder that reads captions as it is now. */
    private DiffusionExperiment withWords(TextEncoder encoder) throws IOException {
        String known = embedding.words().encoderHash();
        if (!known.isEmpty() && !encoder.identity().isKnownAs(known))
            throw new IOException(embedding.wordEncoder() + " is not the text encoder that " + name
                    + " began to learn with: its words do not compare");
        return with(
                condition,
                embedding.of(embedding.words().of(encoder.identity().remembered(known), encoder.width())),
                latent);
    }

    private DiffusionExperiment with(ConditionSettings known, EmbeddingSettings vectors, LatentSettings latents) {
        return new DiffusionExperiment(
                name,
                seed,
                data,
                known,
                vectors,
                enlarging,
                latents,
                denoiser,
                network,
                transformer,
                nonLeaking,
                process,
                distillation,
                training,
                sampling,
                evaluation);
    }
}
