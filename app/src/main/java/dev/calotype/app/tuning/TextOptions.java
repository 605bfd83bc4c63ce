package dev.calotype.app.tuning;

import dev.calotype.app.option.UnclipModels;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Placement;
import dev.calotype.tuning.TextRetention;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.UnclipFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How models that are told texts are measured. */
final class TextOptions {
    /** Pictures of each where nobody says how many. */
    static final int USUAL = 64;

    @Option(
            names = "--captions",
            paramLabel = "DATA",
            description =
                    "Of models that are told texts: pictures with captions of what the base knew, of which one is drawn each.")
    private String captions;

    @Option(
            names = "--clip",
            paramLabel = "MODEL",
            description =
                    "With --captions: what sees how well pictures show them, a run of the kind clip, or a CLIP of others with its"
                            + " vocabulary beside it.")
    private Path clip;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "With --captions: what is told of the subject where pictures of --held-out have no caption.")
    private String prompt;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "With --captions: pixels per side of what a pipeline draws; default as it says itself.")
    private Integer size;

    @Option(
            names = "--prior",
            paramLabel = "RUN",
            description = "With --captions: the prior of a decoder; default that of a chain.")
    private Path prior;

    @Mixin
    private UnclipModels models;

    /** Whether captions were given; the others do nothing without. */
    boolean given() {
        if (captions == null && (Stream.of(clip, prompt, size, prior).anyMatch(Objects::nonNull) || models.given()))
            throw new IllegalArgumentException(
                    "--clip, --prompt, --size, --prior, --upsampler and --encoder would do nothing: they are of --captions");
        return captions != null;
    }

    /** Refuses a model that is told texts, since none were given. */
    void requireUnused(Path base) {
        if (TextPipelines.installed().isOne(base) || Chain.isOne(base))
            throw new IllegalArgumentException(
                    "--captions and --clip must be given where the base is told texts: " + base);
    }

    /** The base, and what it works with. */
    UnclipFiles files(Path base) {
        if (TextPipelines.installed().isOne(base) && (prior != null || models.given()))
            throw new IllegalArgumentException(
                    "--prior, --upsampler and --encoder would do nothing: " + base + " is a pipeline of diffusers");
        return models.files(base, prior);
    }

    /** What measures. */
    TextRetention retention(
            String heldOut,
            int images,
            long seed,
            Map<String, String> sampling,
            Placement placement,
            Progress progress) {
        if (clip == null) throw new IllegalArgumentException("--clip must be given with --captions: " + captions);
        return new TextRetention(
                captions,
                heldOut,
                prompt == null ? "" : prompt,
                clip,
                images,
                seed,
                Optional.ofNullable(size),
                sampling,
                placement,
                progress);
    }
}
