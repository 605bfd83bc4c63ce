package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The {@code config.json} of transformers' vision transformers, between text and the network that it describes. */
final class TransformersVitConfig {
    static final String VIT = "vit", DEIT = "deit", DINO = "dinov2", DINO_REGISTERS = "dinov2_with_registers";

    private static final List<String> FAMILIES = List.of(VIT, DEIT, DINO, DINO_REGISTERS);

    private final TransformersSettings settings;

    TransformersVitConfig(JsonNode json) throws IOException {
        settings = new TransformersSettings(json);
        settings.requireFamily(FAMILIES);
    }

    /** What transformers calls this sort of network. */
    String family() {
        return settings.family();
    }

    /** The names of {@code count} classes; numbers where the config has none. */
    List<String> classes(int count) throws IOException {
        return settings.classes(count);
    }

    private boolean dino() {
        return family().startsWith(DINO);
    }

    /** How transformers resizes the positions of this family: those with registers alone by averaging. */
    Cubic cubic() {
        return family().equals(DINO_REGISTERS) ? Cubic.TIMM : Cubic.TRANSFORMERS;
    }

    int size() throws IOException {
        return settings.square("image_size", 224);
    }

    int channels() throws IOException {
        return settings.integer("num_channels", 3);
    }

    /**
     * The shape of the network.
     *
     * @param names of its weights in our names, which tell what it has besides
     */
    VisionTransformerConfig config(Set<String> names) throws IOException {
        settings.require("hidden_act", "gelu");
        settings.require("qkv_bias", "true");
        settings.require("use_swiglu_ffn", "false");
        int width = settings.integer("hidden_size", 768);
        int hidden =
                dino() ? (int) (width * settings.number("mlp_ratio", 4)) : settings.integer("intermediate_size", 3072);
        boolean classes = names.contains("head.weight");
        Distillation distillation = !family().equals(DEIT)
                ? Distillation.NONE
                : names.contains("head_dist.weight") ? Distillation.HEAD : Distillation.TOKEN;
        try {
            return new VisionTransformerConfig(
                    settings.square("patch_size", dino() ? 14 : 16),
                    width,
                    settings.integer("num_hidden_layers", 12),
                    settings.integer("num_attention_heads", 12),
                    hidden,
                    Stem.PATCHES,
                    Position.LEARNED,
                    dino() && classes ? Pool.CLASS_AND_MEAN : Pool.CLASS_TOKEN,
                    family().equals(DINO_REGISTERS) ? settings.integer("num_register_tokens", 4) : 0,
                    distillation,
                    settings.number("hidden_dropout_prob", 0),
                    settings.number("drop_path_rate", 0),
                    dino() ? settings.number("layerscale_value", 1) : 0,
                    settings.number("layer_norm_eps", dino() ? 1e-6 : 1e-12));
        } catch (IllegalArgumentException e) {
            throw new IOException("its network is not supported: " + e.getMessage(), e);
        }
    }

    /**
     * The family that a network belongs to.
     *
     * @throws IllegalArgumentException if transformers has none like it
     */
    static String family(VisionTransformerConfig config, int classes) {
        boolean scaled = config.layerScale() > 0;
        boolean sideBySide = config.pool() == Pool.CLASS_AND_MEAN;
        boolean token = config.pool() == Pool.CLASS_TOKEN;
        refuse(config.stem() != Stem.PATCHES, "a stem of " + config.stem());
        refuse(!token && !sideBySide, "a pool of " + config.pool());
        refuse(scaled && token && classes > 0, "layer scale and a classifier of the class token alone");
        refuse(sideBySide && !scaled, "a classifier of class token and mean without layer scale");
        refuse(config.registers() > 0 && !scaled, "registers without layer scale");
        refuse(scaled && config.distillation() != Distillation.NONE, "layer scale and a distillation token");
        boolean ratio = config.hidden() % config.width() == 0;
        refuse(scaled && !ratio, "layer scale and a hidden width that is no multiple of the width");
        if (scaled) return config.registers() > 0 ? DINO_REGISTERS : DINO;
        return config.distillation() == Distillation.NONE ? VIT : DEIT;
    }

    private static void refuse(boolean fault, String what) {
        if (fault) throw new IllegalArgumentException("transformers has no vision transformer with " + what);
    }

    /** The config of a network. */
    static ObjectNode json(VisionTransformerConfig config, VisionTransformerConfig.Ports ports, List<String> classes) {
        String family = family(config, ports.classes());
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.putArray("architectures").add(architecture(family, config, ports));
        json.put("model_type", family);
        json.put("image_size", ports.size());
        json.put("patch_size", config.patch());
        json.put("num_channels", ports.channels());
        json.put("hidden_size", config.width());
        json.put("num_hidden_layers", config.depth());
        json.put("num_attention_heads", config.heads());
        json.put("hidden_act", "gelu");
        json.put("hidden_dropout_prob", config.dropout());
        json.put("attention_probs_dropout_prob", 0.0);
        json.put("layer_norm_eps", config.epsilon());
        json.put("qkv_bias", true);
        if (family.startsWith(DINO)) {
            json.put("mlp_ratio", config.hidden() / config.width());
            json.put("drop_path_rate", config.stochasticDepth());
            json.put("layerscale_value", config.layerScale());
            json.put("use_swiglu_ffn", false);
            if (config.registers() > 0) json.put("num_register_tokens", config.registers());
        } else {
            json.put("intermediate_size", config.hidden());
        }
        TransformersSettings.putClasses(json, classes);
        json.put("dtype", "float32");
        return json;
    }

    private static String architecture(
            String family, VisionTransformerConfig config, VisionTransformerConfig.Ports ports) {
        String name =
                switch (family) {
                    case VIT -> "ViT";
                    case DEIT -> "DeiT";
                    case DINO -> "Dinov2";
                    default -> "Dinov2WithRegisters";
                };
        if (ports.classes() == 0) return name + "Model";
        return name + "ForImageClassification" + (config.distillation() == Distillation.HEAD ? "WithTeacher" : "");
    }
}
