package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.Weights;
import dev.calotype.data.ContentHash;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.LatentCache;
import dev.calotype.embedding.Latents;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;

/** Pipelines as trainings begin with them. */
final class TunablePipeline {
    private TunablePipeline() {}

    /**
     * The pipeline of a training, of which no weights are read.
     *
     * @throws IOException if it is none, or lacks a part
     * @throws IllegalArgumentException if its denoiser cannot be trained so
     */
    static TextToImage open(PipelineExperiment experiment) throws IOException {
        return open(Path.of(experiment.training().tune().from()));
    }

    static TextToImage open(Path path) throws IOException {
        if (!Files.exists(path)) throw new IOException("the pipeline " + path + " is not there any more");
        TextToImage model = TextToImage.open(StableDiffusionPipelines.files(path, Additions.NONE));
        Check.that(
                model.unet().in() == model.unet().out(),
                "a denoiser that is told of a hole is not trained: the pipeline must be of text alone",
                path);
        Check.that(
                model.unet().time().guidance() == 0,
                "a distilled denoiser that is told the guidance is not trained: take the pipeline that it was distilled from",
                path);
        Check.that(
                model.folder().has("text_encoder"),
                "a refiner is not trained: it has no first text encoder",
                path);
        return model;
    }

    /** The fingerprint of what is learned from and with: the denoiser and the text encoders. */
    static String hash(PipelineFiles files) throws IOException {
        ContentHash hash = new ContentHash();
        if (Files.isRegularFile(files.path())) return hash.addFiles(files.path()).hex();
        for (String part : List.of("unet", "text_encoder", "text_encoder_2"))
            if (files.has(part)) hash.add(part).addFiles(files.path().resolve(part));
        return hash.hex();
    }

    /** Pictures as latents of the pipeline's autoencoder, which is read and let go, with their texts. */
    static CaptionedLatents latents(PipelineExperiment experiment, ImageDataset data) throws IOException {
        TextToImage model = open(experiment);
        int size = experiment.data().size();
        model.requireSize(size, size);
        String hash = hash(model.folder()), begun = experiment.training().tune().hash();
        if (!begun.isEmpty() && !begun.equals(hash))
            throw new IOException(model.folder().path() + " is not the pipeline that " + experiment.name()
                    + " began with: its weights are others");
        PipelineTask.adaptation(experiment.training().tune())
                .parts(Learned.shapes(Frozen.shapes(model.folder().network("unet")), Map.of()));
        return CaptionedLatents.of(
                data, encoded(model, experiment, data), experiment.texts().prompt(), hash);
    }

    private static Latents encoded(TextToImage model, PipelineExperiment experiment, ImageDataset data)
            throws IOException {
        Device device = experiment.training().placement().device();
        try (Scope.Owned<? extends Autoencoder> owned = model.folder().autoencoder(Precision.FP32)) {
            Module module = device.move((Module) owned.value());
            String hash = Scope.read(() -> Digest.of(Weights.of(module)));
            var source = new LatentCache.Source(owned.value(), hash, device);
            long all = Math.min(Integer.MAX_VALUE, data.size());
            return LatentCache.standard().of(source, data, experiment.data().preparation(), all, Progress.SILENT);
        }
    }
}
