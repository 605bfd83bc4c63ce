package dev.calotype.model.t5;

import dev.calotype.nn.Bounds;

/**
 * The shape of a {@link T5Encoder}.
 *
 * @param vocabulary ids
 * @param width D of a token
 * @param headWidth of a head, whatever the width
 * @param heads of attention
 * @param hidden values between the layers of an MLP
 * @param depth blocks
 * @param buckets of distances between tokens, which have a bias each
 * @param farthest distance that has a bucket of its own
 * @param epsilon of normalisations
 * @param mlp between them
 */
public record T5Config(
        int vocabulary,
        int width,
        int headWidth,
        int heads,
        int hidden,
        int depth,
        int buckets,
        int farthest,
        double epsilon,
        Mlp mlp) {
    /** What an MLP is. */
    public enum Mlp {
        /** Two layers with a rectifier between (T5). */
        RELU,
        /** Three, of which one gates another by GELU (T5 1.1). */
        GATED_GELU
    }

    private static final int WIDEST = 1 << 17;

    public T5Config {
        Bounds.within("the vocabulary", vocabulary, 1, 10_000_000);
        Bounds.within("the width", width, 1, WIDEST);
        Bounds.within("the width of a head", headWidth, 1, WIDEST);
        Bounds.within("heads", heads, 1, 1024);
        Bounds.within("the width of an MLP", hidden, 1, WIDEST);
        Bounds.within("depth", depth, 1, 256);
        Bounds.within("buckets", buckets, 4, 1024);
        Bounds.within("the farthest distance", farthest, buckets / 4 + 1, 1 << 20);
    }

    /**
     * The bucket of a distance: half of them for tokens that stand behind; near ones have one each, far ones share them by the
     * logarithm of their distance.
     *
     * @param distance of a key from a query, negative before it
     */
    int bucket(int distance) {
        int half = buckets / 2, exact = half / 2, far = Math.abs(distance);
        int base = distance > 0 ? half : 0;
        if (far < exact) return base + far;
        double share = Math.log((double) far / exact) / Math.log((double) farthest / exact);
        return base + Math.min(half - 1, exact + (int) (share * (half - exact)));
    }
}
