package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ContentHash;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.LatentCache;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.io.Moved;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.Learned.Frozen;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Noising;
import dev.calotype.kind.diffusion.pipeline.TextSettings.Encoders;
import dev.calotype.kind.diffusion.pipeline.TextSettings.WordSettings;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.ToldDenoiser;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A pipeline whose denoiser can learn, as trainings begin with it; no weights are read before they are wanted. */
interface TunablePipeline {
    String AUTOENCODER = "vae";

    int LARGEST = 1024; // pixels per side
    double FACTORS_RATE = 1e-4, WEIGHTS_RATE = 1e-5; // as diffusers' scripts have it

    /** The pipeline as it draws. */
    TextPipeline model();

    /** Where its parts come from. */
    PipelineFiles files();

    /** The layers that get factors where nothing is said, as diffusers calls them. */
    List<String> layers();

    /** The shapes of the weights of the denoiser that can learn, by the names of diffusers. */
    Map<String, long[]> shapes() throws IOException;

    /** Reads the denoiser in the caller's scope. */
    Frozen<? extends ToldDenoiser> read(Placement placement) throws IOException;

    /** Throws IllegalArgumentException if it cannot learn so. */
    void require(PipelineExperiment experiment);

    /** How it is shown noise. */
    Noising noising(NoiseSettings settings);

    /** The values that a step holds of one picture of so many pixels per side. */
    long step(int size, Policy policy);

    /**
     * The pipeline of a training, of which no weights are read.
     *
     * @param place where it is now
     * @throws IOException if it is none, or lacks a part
     * @throws IllegalArgumentException if its denoiser cannot be trained so
     */
    static TunablePipeline open(PipelineExperiment experiment, Path place) throws IOException {
        TunablePipeline model = open(place);
        model.require(experiment);
        return model;
    }

    private static TunablePipeline open(Path path) throws IOException {
        Check.that(
                PipelineFolder.is(path) || !TunedRun.is(path),
                "what was fine-tuned is not tuned once more: begin with its pipeline",
                path);
        if (!Files.exists(path)) throw new IOException("the pipeline " + path + " is not there any more");
        PipelineFiles files = StableDiffusionPipelines.files(path, Additions.NONE);
        return files.joint() ? new TunableTransformer(JointPipeline.open(files)) : TunableUNet.open(files);
    }

    /** The recipe of {@link StableDiffusionPipelines#tuning}. */
    static PipelineExperiment recipe(Path path, String data, Method method, List<String> overrides) throws IOException {
        TunablePipeline model = open(path);
        int[] size = model.model().size();
        String name = path.getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "-") + "-" + Kebab.of(method);
        List<String> all = new ArrayList<>(List.of(
                "name=" + Yaml.quoted(name.substring(0, Math.min(100, name.length()))),
                "data.source=" + Yaml.quoted(data),
                "data.size=" + Math.min(Math.min(size[0], size[1]), LARGEST),
                "training.learningRate=" + (method.factored() ? FACTORS_RATE : WEIGHTS_RATE),
                "training.tune.from=" + Yaml.quoted(path.toString()),
                "training.tune.method=" + Kebab.of(method)));
        if (method == Method.PARTIAL)
            all.add("training.tune.layers=[" + Yaml.quoted("*") + "]"); // until they are named
        all.addAll(overrides);
        PipelineExperiment experiment = (PipelineExperiment) Recipe.parse("kind: pipeline", all);
        model.require(experiment); // before anything is drawn or read for it
        return experiment;
    }

    /** The fingerprint of what is learned from and with, and drawn with: the denoiser, the text encoders, the autoencoder and the schedule. */
    static String hash(PipelineFiles files) throws IOException {
        List<String> parts = new ArrayList<>(LoraFile.PARTS);
        parts.addAll(List.of(AUTOENCODER, "scheduler"));
        return hash(files, parts);
    }

    private static String hash(PipelineFiles files, List<String> parts) throws IOException {
        ContentHash hash = new ContentHash();
        if (files instanceof PipelineFile file) {
            hash.addFiles(file.path());
            for (String part : file.beside())
                hash.add(part).addFiles(file.path().resolveSibling(part));
            return hash.hex();
        }
        for (String part : parts) {
            Path folder = files.path().resolve(part);
            if (Files.isDirectory(folder)) hash.add(part).addFiles(folder);
        }
        return hash.hex();
    }

    /** Whether a training began with these files; those of before did not look at the autoencoder and the schedule. */
    private static boolean isOf(String begun, PipelineFiles files, String hash) throws IOException {
        return begun.isEmpty() || begun.equals(hash) || begun.equals(hash(files, LoraFile.PARTS));
    }

    /**
     * Pictures as latents of the pipeline's autoencoder, which is read and let go, with their texts.
     *
     * @param run that goes on, beside which the pipeline is looked for; empty for one that begins
     */
    static CaptionedLatents latents(PipelineExperiment experiment, ImageDataset data, Path run) throws IOException {
        Path place =
                Moved.place("pipeline", Path.of(experiment.training().tune().from()), run);
        TunablePipeline model = open(experiment, place);
        PipelineFiles files = model.files();
        int size = experiment.data().size();
        model.model().requireSize(size, size);
        String hash = hash(files);
        if (!isOf(experiment.training().tune().hash(), files, hash))
            throw new IOException(files.path() + " is not the pipeline that " + experiment.name()
                    + " began with: its weights are others");
        try (PointerScope scope = new PointerScope()) {
            WordSettings word = experiment.texts().word();
            Map<String, Tensor> vectors = AskedTexts.begun(files, word);
            if (word.used()) AskedTexts.knowing(files, word, vectors); // refuses a word of the vocabulary
            Map<String, Map<String, long[]>> shapes = new LinkedHashMap<>();
            shapes.put(files.denoiser(), model.shapes());
            if (experiment.texts().encoders() == Encoders.LEARNED)
                for (String part : AskedTexts.parts(files)) shapes.put(part, AskedTexts.shapes(files.network(part)));
            Adaptation adaptation = PipelineTask.adaptation(experiment, model.layers());
            experiment.training().tune().requireRates(Learned.parts(adaptation, files.denoiser(), shapes, vectors));
        }
        ImageDataset encoded = encoded(files, experiment, data);
        return CaptionedLatents.of(encoded, CaptionedLatents.texts(encoded, experiment.texts()), hash, place);
    }

    private static ImageDataset encoded(PipelineFiles files, PipelineExperiment experiment, ImageDataset data)
            throws IOException {
        Device device = experiment.training().placement().device();
        try (Scope.Owned<? extends Autoencoder> owned = files.autoencoder(Precision.FP32)) {
            device.move((Module) owned.value());
            String hash = hash(files, List.of(AUTOENCODER)); // its scale too, which no weight tells
            var source = new LatentCache.Source(owned.value(), hash, device);
            int size = experiment.data().size(),
                    side = Math.max(1, size / owned.value().factor());
            long most = LatentCache.most(owned.value().latentChannels() * side * side);
            return BlendedDataset.each(data, (part, share) -> {
                Check.that(
                        part.size() <= most,
                        "the pictures of " + part.name() + " must be at most " + most + " where data.size is " + size
                                + ", since all of their latents are held",
                        part.size());
                return LatentCache.standard()
                        .dataset(source, part, experiment.data().preparation(), part.size(), Progress.SILENT);
            });
        }
    }
}
