package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.original.OriginalModules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The layers of a pipeline by the names that files call them. Some files have underscores for dots, so that a name is looked up, never
 * taken apart.
 */
final class LoraNames {
    static final String UNET = "unet", TEXT = "text_encoder", SECOND_TEXT = "text_encoder_2";

    /** A layer of a part, called as diffusers and transformers do. */
    record Layer(String part, String weight) {}

    /** Beginnings of names, and the part that follows; the longer before the shorter. */
    private static final Map<String, String> PREFIXES = prefixes();

    private final Map<String, Layer> layers = new HashMap<>();
    private final Map<String, Map<String, StoredTensor>> weights = new TreeMap<>();
    private final Map<String, List<Layer>> numbered = new TreeMap<>();

    private static Map<String, String> prefixes() {
        Map<String, String> prefixes = new LinkedHashMap<>();
        prefixes.put("lora_unet_", UNET);
        prefixes.put("lora_te1_", TEXT);
        prefixes.put("lora_te2_", SECOND_TEXT);
        prefixes.put("lora_te_", TEXT);
        prefixes.put("unet.", UNET);
        prefixes.put("text_encoder_2.", SECOND_TEXT);
        prefixes.put("text_encoder.", TEXT);
        return prefixes;
    }

    LoraNames(Map<String, StoredNetwork> networks) throws IOException {
        for (Map.Entry<String, StoredNetwork> network : networks.entrySet()) {
            String part = network.getKey();
            Map<String, StoredTensor> stored = network.getValue().weights();
            weights.put(part, stored);
            OriginalModules original =
                    part.equals(UNET) ? OriginalModules.of(network.getValue().config(), stored.keySet()) : null;
            for (String name : stored.keySet()) {
                if (!name.endsWith(".weight") || stored.get(name).dim() < 2) continue;
                String module = name.substring(0, name.length() - ".weight".length());
                Layer layer = new Layer(part, name);
                layers.put(key(part, module), layer);
                String theirs = original == null ? null : original.name(module);
                if (theirs != null) layers.putIfAbsent(key(part, theirs), layer);
            }
        }
    }

    private static String key(String part, String module) {
        String plain = module.replace('.', '_');
        return part + "|" + (plain.startsWith("text_model_") ? plain.substring("text_model_".length()) : plain);
    }

    /** The layer that a file calls so; null if there is none. */
    Layer find(String base) {
        String name = base.startsWith("base_model.model.") ? base.substring("base_model.model.".length()) : base;
        for (Map.Entry<String, String> prefix : PREFIXES.entrySet())
            if (name.startsWith(prefix.getKey()))
                return within(prefix.getValue(), name.substring(prefix.getKey().length()));
        Layer bare = within(UNET, name);
        return bare == null ? within(TEXT, name) : bare;
    }

    private Layer within(String part, String name) {
        String plain = name.replace(".processor", "");
        List<String> spellings = new ArrayList<>(List.of(plain, plain + "_0"));
        if (!part.equals(UNET)) {
            spellings.add(plain.replaceFirst("\\.to_([qkv])$", ".$1_proj"));
            spellings.add(plain.replaceFirst("\\.to_out$", ".out_proj"));
        }
        for (String spelling : spellings) {
            Layer found = layers.get(key(part, spelling));
            if (found != null) return found;
        }
        return null;
    }

    /** The layer that the oldest files count to: of text encoders the attentions, of the denoiser the transformers. */
    Layer numbered(String part, int index) {
        List<Layer> order =
                numbered.computeIfAbsent(part, name -> LoraOrder.of(name, weights.getOrDefault(name, Map.of())));
        return index < order.size() ? order.get(index) : null;
    }

    StoredTensor weight(Layer layer) {
        return weights.get(layer.part()).get(layer.weight());
    }

    /** The weights of a part by name. */
    Map<String, StoredTensor> weights(String part) {
        return weights.get(part);
    }
}
