package dev.calotype.kind.diffusion;

import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.settings.Check;

/**
 * The vectors that a model is conditioned on where {@code condition.by} is embedding.
 *
 * @param encoder a run, a checkpoint or files of others that make them; empty for models that read none
 * @param encoderHash of all that makes them, filled in when training begins
 * @param length values of a vector, filled in when training begins
 * @param pairs pictures of the data set that are encoded and learned from at most
 * @param tokens for attention that a vector becomes; 0 for none
 * @param words of the captions, which are told beside the vector
 */
public record EmbeddingSettings(
        String encoder, String encoderHash, int length, int pairs, int tokens, WordSettings words) {
    public EmbeddingSettings {
        Check.range("length", length, 0, 65_536);
        Check.range("pairs", pairs, 1, 10_000_000);
        Check.range("tokens", tokens, 0, 1024);
    }

    /** Values of a vector; 1 where it is not known yet. */
    int values() {
        return Math.max(1, length);
    }

    /** Where the text encoder is whose words are read. */
    String wordEncoder() {
        return words.encoder().isBlank() ? encoder : words.encoder();
    }

    /** With what the text encoder turned out to be. */
    EmbeddingSettings of(WordSettings read) {
        return new EmbeddingSettings(encoder, encoderHash, length, pairs, tokens, read);
    }

    /** With what vectors that were made turned out to be. */
    EmbeddingSettings of(EmbeddedPairs made) {
        return new EmbeddingSettings(
                encoder, made.encoder().remembered(encoderHash), made.length(), pairs, tokens, words);
    }
}
