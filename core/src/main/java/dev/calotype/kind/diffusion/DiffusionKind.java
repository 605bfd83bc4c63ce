package dev.calotype.kind.diffusion;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.diffusion.Loss;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.EmbeddedDataset.Content;
import dev.calotype.embedding.EmbeddingCache;
import dev.calotype.embedding.LatentCache;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.embedding.TextEncoderFile;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.ConditionSettings.By;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.offer.ImportsModels;
import dev.calotype.experiment.offer.MeasuresCost;
import dev.calotype.experiment.offer.OptimizesSteps;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.io.Moved;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.DiffusionExperiment.Denoiser;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TextReader;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kind of diffusion models of images. */
public final class DiffusionKind implements MeasuresCost<DiffusionExperiment>, ImportsModels {
    private static final Story STORY = new Story(
            "This is a diffusion model of images: a network that was shown pictures with noise over them, learned to"
                    + " say what the noise is, and now makes pictures out of noise alone by removing it step by step.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "diffusion";
    }

    @Override
    public Class<DiffusionExperiment> type() {
        return DiffusionExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    /**
     * A restoration does not know the class of its picture, so that its prior must be trained without; and it asks for the mean of all
     * pictures that may be meant, which distilled models do not tell.
     */
    @Override
    public Set<Capability<?>> capabilities(DiffusionExperiment experiment) {
        By by = experiment.condition().by();
        if (by == By.SMALLER) return Set.of(Capability.ENLARGES_PICTURES);
        Set<Capability<?>> all = new HashSet<>(Set.of(Capability.DRAWS_IMAGES, Capability.WALKS_BETWEEN));
        if (by == By.EMBEDDING) all.add(Capability.DRAWS_FROM_EMBEDDINGS);
        boolean means = !experiment.distillation().used();
        if (means) all.add(OptimizesSteps.CAPABILITY);
        if (experiment.latent().used()) return all;
        all.add(Capability.TELLS_LIKELIHOOD);
        if (by != By.LABEL && experiment.takesOtherSides() && means) all.add(Capability.RESTORES_PICTURES);
        if (by != By.EMBEDDING && experiment.denoiser() == Denoiser.U_NET) all.add(WritesPipeline.CAPABILITY);
        return all;
    }

    @Override
    public String which(Capability<?> capability) {
        if (capability.equals(Capability.RESTORES_PICTURES))
            return "a prior must be trained without classes, not in latents, not distilled, and not by a transformer of learned positions";
        if (capability.equals(Capability.TELLS_LIKELIHOOD)) return "it must be trained in pixels, not in latents";
        if (capability.equals(Capability.DRAWS_FROM_EMBEDDINGS))
            return "it must be trained with condition.by=embedding";
        if (capability.equals(Capability.DRAWS_IMAGES))
            return "one with condition.by=smaller enlarges pictures: imagine takes it as `upsampler`";
        if (capability.equals(OptimizesSteps.CAPABILITY)) return "it must draw images, and not be distilled";
        if (capability.equals(Capability.ENLARGES_PICTURES)) return "it must be trained with condition.by=smaller";
        return "";
    }

    @Override
    public boolean asksBase(DiffusionExperiment experiment) {
        return experiment.asksBase();
    }

    /** In pixels, and of what is predicted, which the variational bound does not look at. */
    @Override
    public boolean rehearsesByBase(DiffusionExperiment experiment) {
        return !experiment.distillation().used()
                && !experiment.latent().used()
                && experiment.condition().by() != By.EMBEDDING
                && experiment.process().loss() != Loss.VLB;
    }

    @Override
    public Set<String> classTables() {
        return Set.of("label_emb.weight");
    }

    @Override
    public Optional<MemoryPlan> memory(DiffusionExperiment experiment) {
        return Optional.of(DiffusionMemory.plan(experiment));
    }

    @Override
    public Map<String, Path> reads(DiffusionExperiment experiment) {
        Map<String, Path> all = new LinkedHashMap<>();
        if (experiment.condition().by() == By.EMBEDDING)
            all.put("encoder", Path.of(experiment.embedding().encoder()));
        if (wantsCaptions(experiment)
                && !TextEncoderFile.isName(experiment.embedding().wordEncoder()))
            all.put("text encoder", Path.of(experiment.embedding().wordEncoder()));
        if (experiment.latent().used())
            all.put("autoencoder", Path.of(experiment.latent().autoencoder()));
        return all;
    }

    @Override
    public boolean wantsCaptions(DiffusionExperiment experiment) {
        return experiment.condition().by() == By.EMBEDDING
                && experiment.embedding().words().used();
    }

    /** Where vectors are the condition, the pictures that have one; where classes are and no row for none, those of one; where latents are learned, these. */
    @Override
    public ImageDataset learnable(DiffusionExperiment experiment, ImageDataset all, Path run) throws IOException {
        ImageDataset data = experiment.labelled() && !experiment.knowsNoClass() ? Selected.labelled(all) : all;
        ImageDataset known = experiment.condition().by() == By.EMBEDDING ? embedded(experiment, data, run) : data;
        ImageDataset drawn = experiment.latent().used() ? encoded(experiment, known, run) : known;
        if (!wantsCaptions(experiment)) return drawn;
        if (!(data instanceof Rooms)) CaptionedPictures.requireSome(drawn); // of which each has one
        return read(experiment, drawn, run);
    }

    private static ImageDataset read(DiffusionExperiment experiment, ImageDataset data, Path run) throws IOException {
        TextReader reader = TextReader.open(experiment.embedding().wordEncoder(), run, exact(experiment));
        return new ReadCaptions(data, reader.encoder(), reader);
    }

    private static ImageDataset embedded(DiffusionExperiment experiment, ImageDataset data, Path run)
            throws IOException {
        Path path = Moved.place("encoder", Path.of(experiment.embedding().encoder()), run);
        try (EncoderFile opened = EncoderFile.open(path, exact(experiment))) {
            int most = experiment.embedding().pairs();
            return EmbeddingCache.standard().dataset(opened.encoder(), data, most, Content.SAMPLES, Progress.SILENT);
        }
    }

    private static ImageDataset encoded(DiffusionExperiment experiment, ImageDataset data, Path run)
            throws IOException {
        try (AutoencoderFile opened = AutoencoderFile.open(
                Moved.place("autoencoder", Path.of(experiment.latent().autoencoder()), run), exact(experiment))) {
            var source = new LatentCache.Source(
                    opened.autoencoder(), opened.hash(), opened.placement().device());
            int most = experiment.latent().pictures();
            return LatentCache.standard()
                    .dataset(source, data, experiment.data().preparation(), most, Progress.SILENT);
        }
    }

    /** Vectors and latents are made in fp32, so that they are the same for all who learn from them. */
    private static Placement exact(DiffusionExperiment experiment) {
        return new Placement(experiment.training().placement().device(), Precision.FP32);
    }

    @Override
    public Task<?> task(DiffusionExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new DiffusionTask(experiment, policy, data, run);
    }

    @Override
    public Work step(DiffusionExperiment experiment) {
        requirePixels(experiment);
        return new Work(DiffusionMemory.steps(experiment), times -> CostMeasuring.ofStep(experiment, times));
    }

    @Override
    public Work sampling(DiffusionExperiment experiment, int images) {
        requirePixels(experiment);
        return new Work(
                DiffusionMemory.sampling(experiment, images),
                times -> CostMeasuring.ofSampling(experiment, images, times));
    }

    private static void requirePixels(DiffusionExperiment experiment) {
        Check.that(
                !experiment.latent().used(),
                "the costs of models of latents are not measured: latent.autoencoder must be empty",
                experiment.latent().autoencoder());
    }

    @Override
    public Imported importModel(Path path, Wishes wishes, Path out) throws IOException {
        return ModelImport.run(path, wishes, out);
    }

    @Override
    public TrainedModel open(DiffusionExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return TrainedDiffusion.open(experiment, runOrCheckpoint, placement);
    }
}
