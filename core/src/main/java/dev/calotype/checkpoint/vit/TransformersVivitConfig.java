package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.model.vivit.VivitConfig;
import dev.calotype.model.vivit.VivitConfig.Order;
import dev.calotype.model.vivit.VivitConfig.Pool;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.transformer.TubeletEmbedding.Start;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code config.json} of transformers' ViViT, between text and the network that it describes. */
final class TransformersVivitConfig {
    static final String FAMILY = "vivit";

    /** What stands within an MLP; the first name of several is what is written. */
    private static final Map<String, Activation> ACTIVATIONS = activations();

    private final TransformersSettings settings;
    private final int[] tubelet;

    TransformersVivitConfig(JsonNode json) throws IOException {
        settings = new TransformersSettings(json);
        settings.requireFamily(List.of(FAMILY));
        tubelet = settings.integers("tubelet_size", 2, 16, 16);
        if (tubelet.length != 3 || tubelet[1] != tubelet[2])
            throw new IOException("tubelet_size must be three numbers, of which height and width are the same: "
                    + java.util.Arrays.toString(tubelet));
    }

    private static Map<String, Activation> activations() {
        Map<String, Activation> activations = new LinkedHashMap<>();
        activations.put("gelu_fast", Activation.GELU_TANH);
        activations.put("gelu_new", Activation.GELU_TANH);
        activations.put("gelu_pytorch_tanh", Activation.GELU_TANH);
        activations.put("gelu", Activation.GELU);
        activations.put("quick_gelu", Activation.QUICK_GELU);
        return activations;
    }

    /** The shape of the network. */
    VivitConfig config() throws IOException {
        settings.require("qkv_bias", "true");
        String activation = settings.text("hidden_act", "gelu_fast");
        if (!ACTIVATIONS.containsKey(activation))
            throw new IOException("hidden_act must be one of " + ACTIVATIONS.keySet() + ": " + activation);
        try {
            return new VivitConfig(
                    Variant.SPATIO_TEMPORAL,
                    Order.SPACE_TIME,
                    0,
                    tubelet[0],
                    Start.CENTRAL_FRAME,
                    tubelet[1],
                    settings.integer("hidden_size", 768),
                    settings.integer("num_hidden_layers", 12),
                    0,
                    settings.integer("num_attention_heads", 12),
                    settings.integer("intermediate_size", 3072),
                    Pool.CLASS_TOKEN,
                    ACTIVATIONS.get(activation),
                    settings.number("hidden_dropout_prob", 0),
                    0,
                    settings.number("layer_norm_eps", 1e-6));
        } catch (IllegalArgumentException e) {
            throw new IOException("its network is not supported: " + e.getMessage(), e);
        }
    }

    Ports ports(int classes) throws IOException {
        return new Ports(
                settings.integer("num_frames", 32),
                settings.square("image_size", 224),
                settings.integer("num_channels", 3),
                classes);
    }

    List<String> classes(int count) throws IOException {
        return settings.classes(count);
    }

    /**
     * The config of a network.
     *
     * @throws IllegalArgumentException if transformers has none like it
     */
    static ObjectNode json(VivitConfig config, Ports ports, List<String> classes) {
        if (config.variant() != Variant.SPATIO_TEMPORAL
                || config.pool() != Pool.CLASS_TOKEN
                || config.sampled() != 0 && config.sampled() != ports.frames())
            throw new IllegalArgumentException(
                    "transformers has ViViT as the variant spatio-temporal with a class token alone: " + config);
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.putArray("architectures").add(classes.isEmpty() ? "VivitModel" : "VivitForVideoClassification");
        json.put("model_type", FAMILY);
        json.put("image_size", ports.size());
        json.put("num_frames", ports.frames());
        ArrayNode tubelet = json.putArray("tubelet_size");
        tubelet.add(config.tubelet()).add(config.patch()).add(config.patch());
        json.put("num_channels", ports.channels());
        json.put("hidden_size", config.width());
        json.put("num_hidden_layers", config.depth());
        json.put("num_attention_heads", config.heads());
        json.put("intermediate_size", config.hidden());
        json.put("hidden_act", name(config.activation()));
        json.put("hidden_dropout_prob", config.dropout());
        json.put("attention_probs_dropout_prob", 0.0);
        json.put("layer_norm_eps", config.epsilon());
        json.put("qkv_bias", true);
        TransformersSettings.putClasses(json, classes);
        json.put("dtype", "float32");
        return json;
    }

    private static String name(Activation activation) {
        return ACTIVATIONS.entrySet().stream()
                .filter(e -> e.getValue() == activation)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("transformers' ViViT has no such activation: " + activation));
    }
}
