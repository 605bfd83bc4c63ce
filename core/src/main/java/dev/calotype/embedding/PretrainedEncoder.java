package dev.calotype.embedding;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.data.ContentHash;
import dev.calotype.io.FileId;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.text.OpenClipCleaning;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An encoder out of files of others: {@link PretrainedClip} with a vocabulary.
 *
 * @param clip owned
 * @param tokenizer owned
 * @param encoder what makes the vectors
 */
public record PretrainedEncoder(PretrainedClip clip, Tokenizer tokenizer, ClipEncoder encoder)
        implements AutoCloseable {
    private static final int PART = 32;

    /**
     * Opens a folder or file as {@link PretrainedClip#open} does.
     *
     * @param vocabulary its vocabulary, a file or folder, such as the folder of the weights itself
     * @param cleaning how texts are cleaned where neither the vocabulary nor the {@code open_clip_config.json} says it
     * @param placement where the network is to compute, and in what precision
     * @throws IOException if either cannot be read, or the vocabulary does not fit
     */
    public static PretrainedEncoder open(Path path, Path vocabulary, TextCleaning cleaning, Placement placement)
            throws IOException {
        Tokenizer tokenizer = Tokenizers.open(vocabulary, cleaning);
        PretrainedClip clip = null;
        try {
            PretrainedClip opened = PretrainedClip.open(path);
            clip = opened;
            String hash = Scope.read(() -> Digest.of(Weights.of(opened.network().value())));
            Scope.read(() ->
                    Inference.prepare(placement.device().move(opened.network().value()), placement.precision()));
            Tokenizer cleaned = opened.cleaning()
                    .map(how -> OpenClipCleaning.named(how).before(tokenizer))
                    .orElse(tokenizer);
            ClipEncoder encoder = new ClipEncoder(
                    opened.network(),
                    new ClipTexts.Ids(cleaned),
                    new Framer(opened),
                    opened.pixels(),
                    hash,
                    fingerprint(hash, opened, Tokenizers.file(vocabulary), cleaning),
                    PART);
            return new PretrainedEncoder(opened, cleaned, encoder);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            if (clip != null) clip.close();
            throw e;
        }
    }

    private static String fingerprint(String hash, PretrainedClip clip, Path vocabulary, TextCleaning cleaning)
            throws IOException {
        Clip.Config config = clip.network().value().config();
        TextTransformer.Config text = (TextTransformer.Config) config.text();
        byte[] words = Files.readAllBytes(vocabulary);
        ContentHash all = new ContentHash().add(hash).add(FileId.sha256(words));
        Path beside = vocabulary.resolveSibling("tokenizer_config.json");
        if (Files.isRegularFile(beside)) all.add(FileId.sha256(Files.readAllBytes(beside)));
        if (words[0] != '{') all.add(cleaning); // a tokenizer.json says itself how
        all.add(clip.cleaning())
                .add(clip.framing())
                .add(clip.pixels().mean())
                .add(clip.pixels().deviation());
        all.add(config.variant().activation())
                .add(config.vision().heads())
                .add(config.vision().epsilon());
        all.add(text.activation()).add(text.heads()).add(text.epsilon());
        return all.add(text.sight()).add(text.reading()).add(text.end()).hex();
    }

    /** Where the vocabulary of a folder or file of weights is looked for if none is named: beside the weights. */
    public static Path beside(Path path) {
        return Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    }

    @Override
    public void close() {
        clip.close();
        tokenizer.close();
    }
}
