package dev.calotype.tuning;

import dev.calotype.data.Sample;
import dev.calotype.embedding.ClipScore;
import dev.calotype.embedding.Embeddings;
import dev.calotype.embedding.EncodedData;
import dev.calotype.embedding.Encoder;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What models that are told texts are held against.
 *
 * @param encoder borrowed
 * @param known pictures with captions of what the base knew
 * @param subject held-out pictures of the subject
 * @param asked what each picture of the subject is told
 */
record TextRuler(Encoder encoder, EncodedData known, Embeddings subject, List<String> asked, long seed) {
    private static final int PART = 64; // pictures that are held at once

    /** What pictures of what the base knew are told. */
    List<String> captions() {
        return known.samples().stream().map(Sample::caption).toList();
    }

    /** How many of these are longer than the encoder reads. */
    int cut() {
        return encoder.tokens(captions()).cut();
    }

    /**
     * Draws and measures.
     *
     * @param learned pictures that were learned from, where they are known
     */
    Retained of(Speaker speaker, String name, Past past, Optional<Embeddings> learned, Progress progress)
            throws IOException {
        List<String> captions = captions();
        try (PointerScope scope = new PointerScope()) {
            Ruler ruler =
                    new Ruler(subject.vectors(), known.pictures().vectors().mean(0));
            Tensor general = drawn(speaker, captions, seed, progress);
            Tensor drawn = drawn(speaker, asked, seed + 1, progress); // as of classes, another noise
            double copies =
                    learned.isEmpty() ? Double.NaN : Ruler.copies(learned.get().vectors(), drawn);
            return new Retained(
                    name,
                    past.method(),
                    Double.NaN,
                    Double.NaN,
                    ClipScore.of(general, encoder.texts(captions)),
                    ruler.identity(drawn),
                    ruler.diversity(drawn),
                    copies,
                    Double.NaN,
                    Double.NaN,
                    past.seconds(),
                    past.bytes());
        }
    }

    /** The vectors of a picture of each text, fp32 (N, E), in the caller's scope. */
    private Tensor drawn(Speaker speaker, List<String> texts, long seed, Progress progress) throws IOException {
        try {
            return Scope.inference(() -> Tensors.inParts(texts.size(), PART, (from, count) -> {
                progress.at("drawing", from, texts.size());
                try {
                    return encoder.pictures(speaker.pictures(texts, (int) from, count, seed)); // (n, E)
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            })); // (N, E)
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
