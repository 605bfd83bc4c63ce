package dev.calotype.unclip;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the models are that make pictures of words: runs or checkpoints.
 *
 * @param decoder one that draws from embeddings
 * @param encoder where it is not where the decoder's recipe says
 * @param prior needed for words alone
 * @param upsampler empty for pictures as the decoder draws them
 */
public record UnclipFiles(Path decoder, Optional<Path> encoder, Optional<Path> prior, Optional<Path> upsampler) {
    /** Those of a {@link Chain}, or of a decoder alone. */
    public static UnclipFiles of(Path run) {
        if (!Chain.isOne(run)) return new UnclipFiles(run, Optional.empty(), Optional.empty(), Optional.empty());
        return new UnclipFiles(
                run.resolve(Stage.DECODER.folder()),
                Optional.of(run.resolve(Stage.CLIP.folder())),
                Optional.of(run.resolve(Stage.PRIOR.folder())),
                Optional.of(run.resolve(Stage.UPSAMPLER.folder())).filter(Files::isDirectory));
    }

    /** These with others in their place where some are named; null for none. */
    public UnclipFiles with(Path encoder, Path prior, Path upsampler) {
        return new UnclipFiles(
                decoder,
                Optional.ofNullable(encoder).or(this::encoder),
                Optional.ofNullable(prior).or(this::prior),
                Optional.ofNullable(upsampler).or(this::upsampler));
    }
}
