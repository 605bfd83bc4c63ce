package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.checkpoint.original.OriginalModules;
import dev.calotype.checkpoint.original.OriginalTransformer;
import dev.calotype.checkpoint.original.OriginalTransformer.Halves;
import dev.calotype.checkpoint.original.OriginalTransformer.Held;
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
    static final String TRANSFORMER = "transformer", THIRD_TEXT = "text_encoder_3";
    private static final String WEIGHT = ".weight";

    /** A layer that a file may name, of a part: one that diffusers and transformers have, or several of theirs in one. */
    record Layer(String part, Held held) {
        Layer(String part, String weight) {
            this(part, new Held(List.of(module(weight)), Halves.KEPT));
        }

        /** The weights of diffusers and transformers that it is made of. */
        List<String> weights() {
            return held.modules().stream().map(module -> module + WEIGHT).toList();
        }

        /** Its weight. */
        StoredTensor whole(Map<String, StoredTensor> weights) {
            return held.whole(weights().stream().map(weights::get).toList());
        }

        /** Puts back what its weight became. */
        void put(StoredTensor whole, Map<String, StoredTensor> weights) {
            List<StoredTensor> parts = held.parts(whole);
            for (int i = 0; i < parts.size(); i++) weights.put(weights().get(i), parts.get(i));
        }
    }

    /** A layer as files of one piece call it. */
    record OnePiece(String name, Layer layer) {}

    /** Beginnings of names, and the part that follows; the longer before the shorter. */
    private static final Map<String, String> PREFIXES = prefixes();

    private final Map<String, Layer> layers = new HashMap<>();
    private final Map<String, Map<String, StoredTensor>> weights = new TreeMap<>();
    private final Map<String, List<Layer>> numbered = new TreeMap<>();
    private final Map<String, OnePiece> onePiece = new HashMap<>(); // by the names of diffusers

    private static Map<String, String> prefixes() {
        Map<String, String> prefixes = new LinkedHashMap<>();
        prefixes.put("lora_unet_", UNET);
        prefixes.put("lora_transformer_", TRANSFORMER);
        prefixes.put("lora_te1_", TEXT);
        prefixes.put("lora_te2_", SECOND_TEXT);
        prefixes.put("lora_te3_", THIRD_TEXT);
        prefixes.put("lora_te_", TEXT);
        prefixes.put("unet.", UNET);
        prefixes.put("transformer.", TRANSFORMER);
        prefixes.put("diffusion_model.", UNET);
        prefixes.put("text_encoder_3.", THIRD_TEXT);
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
                if (!name.endsWith(WEIGHT) || stored.get(name).dim() < 2) continue;
                String module = module(name);
                Layer layer = new Layer(part, name);
                layers.put(key(part, module), layer);
                String theirs = original == null ? null : original.name(module);
                if (theirs != null) layers.putIfAbsent(key(part, theirs), layer);
            }
            if (part.equals(TRANSFORMER)) ofOnePiece(network.getValue(), stored);
        }
    }

    /** The layers of a transformer as files of one piece have them. */
    private void ofOnePiece(StoredNetwork network, Map<String, StoredTensor> stored) throws IOException {
        int depth = DiffusersTransformer.config(network).depth();
        OriginalTransformer.modules(depth).forEach((theirs, held) -> {
            Layer layer = new Layer(TRANSFORMER, held);
            boolean there = layer.weights().stream()
                    .allMatch(
                            name -> stored.containsKey(name) && stored.get(name).dim() >= 2);
            if (!there) return;
            layers.putIfAbsent(key(TRANSFORMER, theirs), layer);
            held.modules().forEach(module -> onePiece.put(module, new OnePiece(theirs, layer)));
        });
    }

    /** The layer of a file of one piece that a layer of a transformer lies in; null where there is none. */
    OnePiece onePiece(String module) {
        return onePiece.get(module);
    }

    private static String module(String weight) {
        return weight.substring(0, weight.length() - WEIGHT.length());
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
                return within(
                        prefix.getValue().equals(UNET) ? denoiser() : prefix.getValue(),
                        name.substring(prefix.getKey().length()));
        Layer bare = within(denoiser(), name);
        return bare == null ? within(TEXT, name) : bare;
    }

    /** The part that removes noise. */
    String denoiser() {
        return weights.containsKey(TRANSFORMER) ? TRANSFORMER : UNET;
    }

    private Layer within(String part, String name) {
        String plain = name.replace(".processor", "");
        List<String> spellings = new ArrayList<>(List.of(plain, plain + "_0"));
        if (!part.equals(denoiser())) {
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

    /** The weights of a part by name. */
    Map<String, StoredTensor> weights(String part) {
        return weights.get(part);
    }
}
