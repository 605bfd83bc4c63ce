package dev.calotype.kind.diffusion;

import dev.calotype.settings.Check;

/**
 * The words of captions that a model attends to beside a vector.
 *
 * @param tokens of a caption that it reads, the first of them; 0 for none
 * @param encoder what reads captions: empty for that of the vectors, else a run of the kind clip, or a text encoder of others
 * @param encoderHash of its weights, its vocabulary and the length that it reads, filled in when training begins
 * @param width values of a token, filled in when training begins
 * @param withheld share of pictures whose vector alone is told, 0..1
 * @param alone share of pictures whose words alone are told, 0..1
 */
public record WordSettings(int tokens, String encoder, String encoderHash, int width, double withheld, double alone) {
    public WordSettings {
        Check.range("tokens", tokens, 0, 1024);
        Check.that(
                tokens > 0 || encoder.isBlank(),
                "encoder must be empty where tokens is 0, which reads no words",
                encoder);
        Check.range("width", width, 0, 65_536);
        Check.range("withheld", withheld, 0, 1);
        Check.range("alone", alone, 0, 1);
        Check.that(withheld + alone <= 1, "withheld and alone must be 1 together at most", withheld + alone);
    }

    /** Whether any are read. */
    boolean used() {
        return tokens > 0;
    }

    /** Values of a token; 1 where it is not known yet. */
    int values() {
        return Math.max(1, width);
    }

    /** With what the text encoder turned out to be. */
    WordSettings of(String hash, int values) {
        return new WordSettings(tokens, encoder, hash, values, withheld, alone);
    }
}
