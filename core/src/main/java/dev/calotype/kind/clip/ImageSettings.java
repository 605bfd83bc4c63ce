package dev.calotype.kind.clip;

import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;

/**
 * The image encoder, a Vision Transformer.
 *
 * @param patch pixels per side of a patch, which divide those of a picture
 * @param width values of a token
 * @param depth blocks
 * @param heads of attention, which divide the width
 * @param stem how patches become tokens
 * @param pool what the picture's vector is read from
 */
public record ImageSettings(int patch, int width, int depth, int heads, Stem stem, Pool pool) {
    private static final double EPSILON = 1e-6;
    private static final int HIDDEN = 4;

    public ImageSettings {
        config(patch, width, depth, heads, stem, pool);
    }

    VisionTransformerConfig config() {
        return config(patch, width, depth, heads, stem, pool);
    }

    private static VisionTransformerConfig config(int patch, int width, int depth, int heads, Stem stem, Pool pool) {
        return new VisionTransformerConfig(
                patch,
                width,
                depth,
                heads,
                HIDDEN * width,
                stem,
                Position.LEARNED,
                pool,
                0,
                Distillation.NONE,
                0,
                0,
                0,
                EPSILON);
    }
}
