package dev.calotype.kind.clip;

import dev.calotype.embedding.TextEncoder;
import dev.calotype.io.FileId;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Reading;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.settings.Check;
import dev.calotype.text.ClipTokenizer;
import dev.calotype.text.Merges;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The text encoder, a causal transformer, and its tokenizer; or one that others trained, which does not learn.
 *
 * @param frozen whose vectors are mapped, where it is used; what else is said of the text encoder does nothing then
 * @param vocabulary {@code learned}, or a file: CLIP's byte pairs or a {@code tokenizer.json}
 * @param cleaning what happens to a text before it is cut into tokens, where the vocabulary does not say it itself
 * @param pairs that are learned of the captions at most
 * @param merges what was learned of the captions, filled in when training begins
 * @param hash of the file, filled in when training begins; empty for a learned vocabulary
 * @param sentences what is read of a caption while learning
 * @param context tokens that are read of a text
 * @param width values of a token
 * @param depth blocks
 * @param heads of attention, which divide the width
 */
public record TextSettings(
        FrozenText frozen,
        String vocabulary,
        TextCleaning cleaning,
        int pairs,
        List<String> merges,
        String hash,
        Sentences sentences,
        int context,
        int width,
        int depth,
        int heads) {
    /** The vocabulary that is made of the captions. */
    public static final String LEARNED = "learned";

    private static final double EPSILON = 1e-5;
    private static final int HIDDEN = 4;

    public TextSettings {
        merges = List.copyOf(merges);
        Check.that(!vocabulary.isBlank(), "vocabulary must be learned or a file", vocabulary);
        Check.that(
                !frozen.used() || vocabulary.equals(LEARNED),
                "vocabulary must be learned where frozen.encoder names a text encoder, which has its own",
                vocabulary);
        Check.range("pairs", pairs, 0, 60_000);
        Check.range("context", context, 4, 4096);
        Check.range("width", width, 8, 8192);
        Check.range("depth", depth, 1, 100);
        Check.that(heads >= 1 && width % heads == 0, "heads must divide the width, " + width, heads);
        new Merges(merges);
    }

    boolean learned() {
        return vocabulary.equals(LEARNED);
    }

    TextSettings with(Merges found) {
        return with(frozen, found.pairs(), hash);
    }

    /** With the hash of the file as it is now. */
    TextSettings withHash() throws IOException {
        return with(frozen, merges, hashNow());
    }

    /**
     * With the frozen encoder as it is now.
     *
     * @throws IOException if it is another one than before
     */
    TextSettings with(TextEncoder encoder) throws IOException {
        requireSame(encoder);
        return with(
                new FrozenText(frozen.encoder(), encoder.identity().remembered(frozen.hash()), encoder.length()),
                merges,
                hash);
    }

    /** @throws IOException if it is not the frozen encoder that was learned with */
    private void requireSame(TextEncoder encoder) throws IOException {
        if (!frozen.hash().isEmpty() && !encoder.identity().isKnownAs(frozen.hash()))
            throw new IOException(
                    frozen.encoder() + " is not the text encoder that the image encoder was trained with");
    }

    private TextSettings with(FrozenText locked, List<String> learned, String file) {
        return new TextSettings(
                locked, vocabulary, cleaning, pairs, learned, file, sentences, context, width, depth, heads);
    }

    private String hashNow() throws IOException {
        Path file = Path.of(vocabulary);
        if (!Files.isRegularFile(file)) throw new IOException("text.vocabulary: there is no file " + file);
        return FileId.hash(Files.readAllBytes(file));
    }

    /**
     * The tokenizer of a training that has begun, owned by the caller.
     *
     * @throws IOException if its file is not there any more, or is another one
     */
    Tokenizer tokenizer() throws IOException {
        if (learned()) return new ClipTokenizer("learned", new Merges(merges), cleaning, ClipTokenizer.Padding.ZERO);
        if (!hash.isEmpty() && !hash.equals(hashNow()))
            throw new IOException(vocabulary + " is not the vocabulary that the text encoder was trained with");
        return Tokenizers.open(Path.of(vocabulary), cleaning);
    }

    /** @param tokenizer null with a frozen encoder */
    Clip.TextSide config(Tokenizer tokenizer) {
        if (frozen.used()) return new Clip.Locked(Math.max(1, frozen.length()));
        return new TextTransformer.Config(
                tokenizer.vocabulary(),
                context,
                width,
                depth,
                heads,
                HIDDEN * width,
                Activation.GELU,
                EPSILON,
                Sight.PAST,
                tokenizer.end() < 0 ? Reading.LAST : Reading.END,
                Math.max(0, tokenizer.end()));
    }
}
