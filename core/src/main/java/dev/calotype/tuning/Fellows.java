package dev.calotype.tuning;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.PipelineInventory.Part;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.Unclip;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A base that is told texts, and what came of it.
 *
 * @param files what a decoder works with; of a pipeline itself alone
 * @param side pixels per side of what a pipeline draws; empty for its own
 * @param sampling how pictures are drawn where that is not as each model says
 */
record Fellows(
        Path base, UnclipFiles files, Optional<Integer> side, Map<String, String> sampling, Placement placement) {
    /** Whether a model is a pipeline of others, or came of one. */
    static boolean isPipeline(Path path) {
        return TextPipelines.installed().isOne(path);
    }

    /**
     * Opens the base, or one that came of it.
     *
     * @throws IOException if it cannot be read, or does not belong to the base
     * @throws IllegalArgumentException if it is told no texts
     */
    Speaker open(Path path) throws IOException {
        if (isPipeline(base)) return pipeline(path);
        Check.that(side.isEmpty(), "size would do nothing: " + base + " is no pipeline of diffusers", side.orElse(0));
        return SpeakingDecoder.of(Unclip.open(with(path), placement), sampling);
    }

    private Speaker pipeline(Path path) throws IOException {
        boolean whole = isPipeline(path);
        if (!whole && !Files.isRegularFile(path))
            throw new IOException(path + " is neither a fine-tuned run of a pipeline nor a file of an adapter");
        Additions none = Additions.NONE;
        Additions added = new Additions(
                none.tokenizer(),
                none.prediction(),
                none.weights(),
                List.of(new Additions.Adapter(path, 1)),
                List.of());
        var model = TextPipelines.installed().open(whole ? path : base, whole ? none : added);
        int[] sides = side.map(pixels -> new int[] {pixels, pixels}).orElseGet(model::size);
        return new SpeakingPipeline(model, sampling, sides, placement);
    }

    /** The models that draw with one in its place. */
    private UnclipFiles with(Path path) throws IOException {
        if (path.equals(base)) return files;
        if (Chain.isOne(path)) return UnclipFiles.of(path);
        return Kinds.capabilities(TrainedFile.experiment(path)).contains(Capability.PREDICTS_EMBEDDINGS)
                ? files.with(null, path, null)
                : new UnclipFiles(path, files.encoder(), files.prior(), files.upsampler());
    }

    /** How it came about. */
    Past past(Path path) throws IOException {
        boolean isBase = path.equals(base);
        if (Chain.isOne(path)) return Past.of(UnclipFiles.of(path).decoder(), isBase);
        if (EncoderFile.isOurs(path)) return Past.of(path, isBase);
        long bytes = isPipeline(path)
                ? TextPipelines.installed().inventory(path).parts().stream()
                        .mapToLong(Part::fileBytes)
                        .sum()
                : Files.size(path);
        return new Past(isBase ? Past.BASE : isPipeline(path) ? "pipeline" : "adapter", Double.NaN, bytes);
    }

    /** What one that came of the base has learned from, where that is known. */
    Optional<DataSettings> learned(Path path) throws IOException {
        Path trained = Chain.isOne(path) ? UnclipFiles.of(path).decoder() : path;
        return path.equals(base) || !EncoderFile.isOurs(trained)
                ? Optional.empty()
                : Optional.of(TrainedFile.experiment(trained).data());
    }
}
