package dev.calotype.checkpoint.clip;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.Clip.Family;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Reading;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import java.io.IOException;
import java.util.Map;

/** The shape of a network as its weights, in our names, have it: so it is never larger than their file. */
record ClipShape(Map<String, StoredTensor> weights, ClipConfig config) {
    private static final int HEAD = 64;

    Clip.Config clip() throws IOException {
        Image image = image();
        try {
            return new Clip.Config(
                    image.config,
                    image.variant,
                    image.ports,
                    text(),
                    (int) weight("text_projection.weight", 2).size(0),
                    family());
        } catch (IllegalArgumentException e) {
            throw new IOException(config.file() + ": its network is not supported: " + e.getMessage(), e);
        }
    }

    /** An image encoder. */
    record Image(VisionTransformerConfig config, Variant variant, Ports ports) {}

    Image image() throws IOException {
        StoredTensor patches = weight("visual.patch_embed.proj.weight", 4);
        StoredTensor positions = weight("visual.pos_embed", 3);
        int width = (int) patches.size(0), patch = (int) patches.size(2);
        boolean token = weights.containsKey("visual.cls_token");
        int grid = (int) Math.round(Math.sqrt(positions.size(1) - (token ? 1 : 0)));
        boolean pooled = weights.containsKey("visual.attn_pool.latent");
        try {
            VisionTransformerConfig vision = new VisionTransformerConfig(
                    patch,
                    width,
                    depth("visual."),
                    heads(config.imageHeads(), width),
                    (int) weight("visual.blocks.0.mlp.fc1.weight", 2).size(0),
                    Stem.PATCHES,
                    Position.LEARNED,
                    pooled ? Pool.ATTENTION : token ? Pool.CLASS_TOKEN : Pool.MEAN,
                    0,
                    Distillation.NONE,
                    0,
                    0,
                    0,
                    config.imageEpsilon());
            return new Image(vision, variant(), new Ports(grid * patch, (int) patches.size(1), 0));
        } catch (IllegalArgumentException e) {
            throw new IOException(config.file() + ": its network is not supported: " + e.getMessage(), e);
        }
    }

    TextTransformer.Config text() throws IOException {
        StoredTensor tokens = weight("text.token_embedding.weight", 2);
        int width = (int) tokens.size(1);
        try {
            return new TextTransformer.Config(
                    (int) tokens.size(0),
                    (int) weight("text.positional_embedding", 2).size(0),
                    width,
                    depth("text."),
                    heads(config.textHeads(), width),
                    (int) weight("text.blocks.0.mlp.fc1.weight", 2).size(0),
                    activation(config.textAct()),
                    config.textEpsilon(),
                    config.causal() ? Sight.PAST : Sight.ALL,
                    switch (config.end()) {
                        case ClipConfig.LARGEST -> Reading.LARGEST_ID;
                        case ClipConfig.LAST -> Reading.LAST;
                        default -> Reading.END;
                    },
                    Math.max(0, config.end()));
        } catch (IllegalArgumentException e) {
            throw new IOException(config.file() + ": its text encoder is not supported: " + e.getMessage(), e);
        }
    }

    private Family family() {
        if (!weights.containsKey("visual_projection.weight")) return Family.SIGLIP;
        return weights.containsKey("logit_bias") ? Family.CLIP_WITH_BIAS : Family.CLIP;
    }

    private Variant variant() throws IOException {
        Activation activation = activation(config.imageAct());
        for (Variant variant : Variant.values())
            if (variant.activation() == activation
                    && variant.normalizesTokens() == weights.containsKey("visual.norm_pre.weight")) return variant;
        throw new IOException(
                config.file() + ": an image encoder of this kind has not the activation " + config.imageAct());
    }

    private Activation activation(String act) throws IOException {
        return switch (act) {
            case "quick_gelu" -> Activation.QUICK_GELU;
            case "gelu" -> Activation.GELU;
            case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default ->
                throw new IOException(
                        config.file() + ": hidden_act must be quick_gelu, gelu or gelu_pytorch_tanh: '" + act + "'");
        };
    }

    private static int heads(int said, int width) {
        if (said > 0) return said;
        return Math.max(1, width / (said == 0 ? HEAD : -said));
    }

    private int depth(String tower) {
        int depth = 0;
        while (weights.containsKey(tower + "blocks." + depth + ".norm1.weight")) depth++;
        return depth;
    }

    private StoredTensor weight(String name, int dimensions) throws IOException {
        StoredTensor weight = weights.get(name);
        if (weight == null || weight.dim() != dimensions)
            throw new IOException(config.file() + ": its weights are not those of a CLIP or SigLIP, they have no "
                    + name + " of " + dimensions + " dimensions");
        return weight;
    }
}
