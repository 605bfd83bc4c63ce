package dev.calotype.model.latent;

import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link LatentUNet} is told of N pictures besides the time.
 *
 * @param tokens of texts, (N, K, W)
 * @param pooled one vector of each text, (N, P); null where the network asks for none
 * @param sizes the micro-conditioning of XL, sizes and cropping in pixels, fp32 (N, 5 or 6); null where it asks for none
 * @param guidance an embedding of the guidance, (N, G), of distilled networks (LCM); null where it asks for none
 */
public record Told(Tensor tokens, Tensor pooled, Tensor sizes, Tensor guidance) {
    /** Texts alone. */
    public static Told of(Tensor tokens) {
        return new Told(tokens, null, null, null);
    }

    /** What is told of the first {@code count} latents. */
    public Told first(long count) {
        return new Told(first(tokens, count), first(pooled, count), first(sizes, count), first(guidance, count));
    }

    private static Tensor first(Tensor rows, long count) {
        return rows == null ? null : rows.narrow(0, 0, count);
    }
}
