package dev.calotype.model.hint;

/**
 * What a network is told of each image beside time and class.
 *
 * @param embedding E, the values of a vector; 0 for none
 * @param tokens that such a vector becomes for attention
 * @param picture channels of a smaller picture that the image is to be like; 0 for none
 * @param words tokens of a caption that are attended to beside those; 0 for none
 * @param wordWidth W, the values of such a token as a text encoder makes it
 * @param changes numbers that say what was done to the image; 0 for none
 */
public record Hints(int embedding, int tokens, int picture, int words, int wordWidth, int changes) {
    /** Nothing. */
    public static final Hints NONE = new Hints(0, 0, 0);

    /** Without words and changes. */
    public Hints(int embedding, int tokens, int picture) {
        this(embedding, tokens, picture, 0, 0, 0);
    }

    public Hints {
        if (embedding < 0 || embedding > 65_536)
            throw new IllegalArgumentException("embedding must be in 0..65536: " + embedding);
        if (tokens < 0 || tokens > 1024 || tokens > 0 && embedding == 0)
            throw new IllegalArgumentException("tokens must be in 0..1024, and 0 without an embedding: " + tokens);
        if (words < 0 || words > 1024 || words > 0 && (embedding == 0 || wordWidth < 1 || wordWidth > 65_536))
            throw new IllegalArgumentException(
                    "words must be in 0..1024, with an embedding and 1..65536 values each: " + words);
        if (picture < 0 || picture > 4) throw new IllegalArgumentException("picture must be in 0..4: " + picture);
        if (changes < 0 || changes > 64) throw new IllegalArgumentException("changes must be in 0..64: " + changes);
    }

    /** The same, and so many numbers that say what was done to the image. */
    public Hints changed(int numbers) {
        return new Hints(embedding, tokens, picture, words, wordWidth, numbers);
    }

    /** K, the tokens that are attended to. */
    public int attended() {
        return tokens + words;
    }
}
