package dev.calotype.embedding;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.bert.PretrainedBert;
import dev.calotype.io.FileId;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text encoder out of files of others: {@link PretrainedBert} with its tokenizer.
 *
 * @param bert owned
 * @param encoder what reads texts
 */
public record TextEncoderFile(PretrainedBert bert, BertEncoder encoder) implements Closeable {
    /**
     * Opens a folder as {@link PretrainedBert#open} does, with the {@code tokenizer.json} in it; or {@value PackedEncoder#NAME}, the name of
     * the one that the class path may have, or the archive of such a library.
     *
     * @param source a folder, an archive, or a name
     * @throws IOException if it is not there, or cannot be read, or network and tokenizer do not fit
     */
    public static TextEncoderFile open(String source, Placement placement) throws IOException {
        Path path = Path.of(source);
        if (Files.isDirectory(path)) return open(path, path, placement);
        try (PackedEncoder packed = PackedEncoder.unpack(source)) {
            return open(packed.network(), packed.tokenizer(), placement);
        }
    }

    /** Whether something is the name of one that the class path may have, and no path. */
    public static boolean isName(String source) {
        return source.equals(PackedEncoder.NAME) && !Files.exists(Path.of(source));
    }

    /** Whether something is a folder or an archive of a text encoder, or the name of one. */
    public static boolean isOne(String source) throws IOException {
        Path path = Path.of(source);
        if (!Files.isDirectory(path)) return PackedEncoder.isOne(source);
        return PretrainedBert.isOne(path);
    }

    private static TextEncoderFile open(Path network, Path vocabulary, Placement placement) throws IOException {
        Tokenizer tokenizer = Tokenizers.open(vocabulary, TextCleaning.TRANSFORMERS);
        PretrainedBert bert = null;
        try {
            PretrainedBert opened = PretrainedBert.open(network);
            bert = opened;
            String weights =
                    Scope.read(() -> Digest.of(Weights.of(opened.network().value())));
            String hash = Digest.of("mean of " + opened.context() + " tokens at most of " + weights + " by "
                    + FileId.sha256(Files.readAllBytes(Tokenizers.file(vocabulary))));
            Scope.read(() ->
                    Inference.prepare(placement.device().move(opened.network().value()), placement.precision()));
            return new TextEncoderFile(opened, new BertEncoder(opened.network(), tokenizer, opened.context(), hash));
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            if (bert != null) bert.close();
            if (e instanceof IllegalArgumentException misfit) throw new IOException(misfit.getMessage(), misfit);
            throw e;
        }
    }

    @Override
    public void close() {
        bert.close();
        encoder.tokenizer().close();
    }
}
