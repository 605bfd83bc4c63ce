package dev.calotype.checkpoint.latent;

import dev.calotype.checkpoint.DiffusersNames;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** The names of layers within the networks of diffusers, and ours for them. */
final class LayerNames {
    private static final Map<String, String> RESIDUAL = DiffusersNames.RESIDUAL.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    private static final Pattern BLOCK = Pattern.compile("(.*\\bresnets\\.\\d+\\.)(\\w+)(\\..*)");
    private static final Pattern RESAMPLING = Pattern.compile("(.*\\b(?:up|down)samplers\\.\\d+\\.)(\\w+)(\\..*)");
    private static final Pattern HALVING = Pattern.compile("(.*\\bdownsamplers\\.\\d+\\.)conv(\\..*)");
    private static final String IN_ATTENTION =
            "attentions\\.\\d+\\.)(to_[qkv]|query|key|value|to_out\\.0|proj_attn|group_norm)\\.(weight|bias)";
    private static final Pattern MAP_ATTENTION = Pattern.compile("(.*mid_block\\." + IN_ATTENTION);
    private static final Pattern ANY_ATTENTION = Pattern.compile("(.*\\b" + IN_ATTENTION);
    private static final Pattern MIXED_ATTENTION = Pattern.compile(
            "(.*\\battentions\\.\\d+\\.)(to_q|to_k|to_v|add_k_proj|add_v_proj|to_out\\.0|group_norm)\\.(weight|bias)");

    private static final Pattern OUR_ATTENTION =
            Pattern.compile("(.*mid_block\\.attentions\\.\\d+\\.)(qkv|proj_out|norm)\\.(weight|bias)");

    private static final Pattern TRANSFORMER = Pattern.compile("(.*\\btransformer_blocks\\.\\d+\\.)(\\w+\\..*)");
    private static final Pattern PART = Pattern.compile("attn([12])\\.to_([qkv])\\.(.*)");
    private static final Map<String, String> IN_TRANSFORMER = Map.of(
            "attn1.to_out.0.", "attn.proj.",
            "attn2.to_out.0.", "told.proj.",
            "ff.net.0.proj.", "mlp.fc1.",
            "ff.net.2.", "mlp.fc2.");

    private LayerNames() {}

    /** Weights of residual blocks and of those that halve a map under our names; others as they are. */
    static Map<String, StoredTensor> blocks(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> ours.put(block(name), tensor));
        return ours;
    }

    private static String block(String name) {
        Matcher block = BLOCK.matcher(name), halving = HALVING.matcher(name);
        if (block.matches()) {
            String part = RESIDUAL.getOrDefault(block.group(2), block.group(2));
            return block.group(1) + part + block.group(3);
        }
        return halving.matches() ? halving.group(1) + "op" + halving.group(2) : name;
    }

    /** Where {@link #blocks} and {@link #transformers} put a weight. */
    static LayerPlace placed(String theirs) {
        String name = block(theirs);
        Matcher within = TRANSFORMER.matcher(name);
        if (!within.matches()) return new LayerPlace(name, 0, 1);
        String block = within.group(1), rest = within.group(2);
        Matcher part = PART.matcher(rest);
        if (!part.matches()) return new LayerPlace(block + renamed(rest), 0, 1);
        int place = "qkv".indexOf(part.group(2));
        if (part.group(1).equals("1")) return new LayerPlace(block + "attn.qkv." + part.group(3), place, 3);
        return place == 0
                ? new LayerPlace(block + "told.q." + part.group(3), 0, 1)
                : new LayerPlace(block + "told.kv." + part.group(3), place - 1, 2);
    }

    /** The other way round of {@link #blocks} and {@link #mapAttentions}: the weights of an autoencoder as diffusers names them. */
    static Map<String, Tensor> theirsOfAutoencoder(Map<String, Tensor> ours) {
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        ours.forEach((name, tensor) -> {
            Matcher attention = OUR_ATTENTION.matcher(name);
            if (!attention.matches()) {
                theirs.put(theirs(name), tensor);
                return;
            }
            String block = attention.group(1), end = "." + attention.group(3);
            switch (attention.group(2)) {
                case "norm" -> theirs.put(block + "group_norm" + end, tensor);
                case "proj_out" -> theirs.put(block + "to_out.0" + end, matrix(tensor));
                default -> {
                    Tensor[] three = Tensors.chunk(matrix(tensor), 3, 0);
                    for (int i = 0; i < three.length; i++)
                        theirs.put(block + "to_" + "qkv".charAt(i) + end, three[i].contiguous());
                }
            }
        });
        return theirs;
    }

    /** A convolution of 1 x 1 as a matrix; a bias as it is. */
    private static Tensor matrix(Tensor weight) {
        return weight.dim() == 4 ? weight.flatten(1, -1) : weight;
    }

    /** A sentence about weights, with the names that diffusers has for them. */
    static String theirs(String sentence) {
        String said = sentence;
        for (Map.Entry<String, String> part : RESIDUAL.entrySet()) said = said.replace(part.getValue(), part.getKey());
        return said.replaceAll("(downsamplers\\.\\d+\\.)op\\b", "$1conv");
    }

    /** Attentions of autoencoders, which have one head: queries, keys and values become one matrix. */
    static Map<String, StoredTensor> mapAttentions(Map<String, StoredTensor> theirs) {
        return attentions(theirs, MAP_ATTENTION, "");
    }

    /** The same of attentions at whatever level, whose layers are {@code within} ours. */
    static Map<String, StoredTensor> attentions(Map<String, StoredTensor> theirs, String within) {
        return attentions(theirs, ANY_ATTENTION, within);
    }

    private static Map<String, StoredTensor> attentions(
            Map<String, StoredTensor> theirs, Pattern pattern, String within) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            Matcher part = pattern.matcher(name);
            if (!part.matches()) {
                ours.put(name, tensor);
                return;
            }
            String block = part.group(1) + within, end = "." + part.group(3);
            switch (part.group(2)) {
                case "group_norm" -> ours.put(block + "norm" + end, tensor);
                case "to_out.0", "proj_attn" -> ours.put(block + "proj_out" + end, tensor);
                default ->
                    parts.computeIfAbsent(block + "qkv" + end, key -> new StoredTensor[3])[place(part.group(2))] =
                            tensor;
            }
        });
        parts.forEach((name, three) -> ours.put(name, joined(name, three)));
        return ours;
    }

    /** Networks whose attentions look at tokens and pixels at once, and whose residual blocks change the resolution too. */
    static Map<String, StoredTensor> mixed(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            Matcher part = MIXED_ATTENTION.matcher(name), resampling = RESAMPLING.matcher(name);
            if (resampling.matches()) {
                String layer = RESIDUAL.getOrDefault(resampling.group(2), resampling.group(2));
                ours.put(resampling.group(1) + layer + resampling.group(3), tensor);
                return;
            }
            if (!part.matches()) {
                ours.put(block(name), tensor);
                return;
            }
            String block = part.group(1), end = "." + part.group(3);
            switch (part.group(2)) {
                case "group_norm" -> ours.put(block + "norm" + end, tensor);
                case "to_out.0" -> ours.put(block + "proj" + end, tensor);
                case "add_k_proj", "add_v_proj" ->
                    parts.computeIfAbsent(block + "told" + end, key -> new StoredTensor[2])[
                            part.group(2).equals("add_k_proj") ? 0 : 1] = tensor;
                default ->
                    parts.computeIfAbsent(block + "qkv" + end, key -> new StoredTensor[3])[place(part.group(2))] =
                            tensor;
            }
        });
        parts.forEach((name, some) -> ours.put(name, joined(name, some)));
        return ours;
    }

    /** Transformers: what attentions make of the same tokens becomes one matrix. */
    static Map<String, StoredTensor> transformers(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            Matcher within = TRANSFORMER.matcher(name);
            if (!within.matches()) {
                ours.put(name, tensor);
                return;
            }
            String block = within.group(1), rest = within.group(2);
            Matcher part = PART.matcher(rest);
            if (!part.matches()) {
                ours.put(block + renamed(rest), tensor);
                return;
            }
            boolean own = part.group(1).equals("1");
            int place = "qkv".indexOf(part.group(2));
            if (own)
                parts.computeIfAbsent(block + "attn.qkv." + part.group(3), key -> new StoredTensor[3])[place] = tensor;
            else if (place == 0) ours.put(block + "told.q." + part.group(3), tensor);
            else
                parts.computeIfAbsent(block + "told.kv." + part.group(3), key -> new StoredTensor[2])[place - 1] =
                        tensor;
        });
        parts.forEach((name, some) -> ours.put(name, joined(name, some)));
        return ours;
    }

    private static String renamed(String name) {
        for (Map.Entry<String, String> part : IN_TRANSFORMER.entrySet())
            if (name.startsWith(part.getKey()))
                return part.getValue() + name.substring(part.getKey().length());
        return name;
    }

    private static int place(String part) {
        return switch (part) {
            case "to_q", "query" -> 0;
            case "to_k", "key" -> 1;
            default -> 2;
        };
    }

    /** Matrices, or convolutions of 1 x 1, one below the other. */
    static StoredTensor joined(String name, StoredTensor... parts) {
        for (StoredTensor part : parts) {
            if (part == null) throw new IllegalArgumentException(name + " lacks its queries, keys or values");
            if (part.dim() < 1
                    || part.dim() != parts[0].dim()
                    || part.type() != parts[0].type()
                    || columns(part) != columns(parts[0]))
                throw new IllegalArgumentException("the shapes of the parts of " + name + " do not fit");
        }
        return StoredTensor.of(List.of(parts), read -> Tensors.cat(0, read));
    }

    private static long columns(StoredTensor part) {
        return part.size(0) == 0 ? -1 : part.count() / part.size(0);
    }
}
