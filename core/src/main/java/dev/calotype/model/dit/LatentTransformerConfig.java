package dev.calotype.model.dit;

import dev.calotype.nn.Bounds;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;

/**
 * The shape of a {@link LatentTransformer}.
 *
 * @param in channels of latents that come in
 * @param out channels that go out
 * @param width D of a token
 * @param depth blocks
 * @param heads of attention
 * @param patch side of the squares of latents that are a token
 * @param tokens W, the values of a token of a text
 * @param pooled P, the values of the vector of a text
 * @param places per side of the table of positions, of which the middle is used
 * @param norm of queries and keys
 * @param twice the first blocks of so many attend twice
 */
public record LatentTransformerConfig(
        int in,
        int out,
        int width,
        int depth,
        int heads,
        int patch,
        int tokens,
        int pooled,
        int places,
        QueryKeyNorm norm,
        int twice) {
    private static final int WIDEST = 16_384;

    public LatentTransformerConfig {
        Bounds.within("in", in, 1, 1024);
        Bounds.within("out", out, 1, 1024);
        Bounds.within("the width of a head", heads < 1 ? 0 : width / heads, 1, WIDEST);
        Bounds.within("width", width, 1, WIDEST);
        Bounds.within("depth", depth, 1, 128);
        Bounds.within("patch", patch, 1, 32);
        Bounds.within("the width of a token", tokens, 1, WIDEST);
        Bounds.within("the width of a text's vector", pooled, 1, WIDEST);
        Bounds.within("places per side", places, 1, 1024);
        Bounds.within("blocks that attend twice", twice, 0, depth);
        if (width % heads != 0)
            throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
    }
}
