package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ControlNet in one {@code .safetensors}, {@code .pth} or {@code .ckpt} file as its authors write it, alone or beside the denoiser
 * that it was trained with.
 */
public final class OriginalControlNet {
    private static final String BEGINNING = "control_model.", SIGHT = "input_hint_block.";
    private static final int SIZES = 6, SIZE = 256, MOST = 64;
    private static final Pattern GATE = Pattern.compile("zero_convs\\.(\\d{1,3})\\.0\\.(weight|bias)"),
            MIDDLE = Pattern.compile("middle_block_out\\.0\\.(weight|bias)"),
            SEEN = Pattern.compile("input_hint_block\\.(\\d{1,2})\\.(weight|bias)");

    private OriginalControlNet() {}

    /**
     * Looks at a file; no weights are read.
     *
     * @return the network as diffusers has it
     * @throws IOException if it cannot be read, holds code or something else, or weights that no ControlNet has: they are named
     */
    public static StoredNetwork open(Path file) throws IOException {
        Map<String, StoredTensor> all = WeightFile.stored(file);
        String beginning = all.containsKey(BEGINNING + SIGHT + "0.weight") ? BEGINNING : "";
        if (!all.containsKey(beginning + SIGHT + "0.weight"))
            throw new IOException(file + " is no ControlNet in one file"
                    + (all.containsKey("controlnet_cond_embedding.conv_in.weight")
                            ? ", but the weights of one of diffusers: name its folder, which has a config.json"
                            : ": it has no " + SIGHT + "0.weight"));
        Map<String, StoredTensor> theirs = new LinkedHashMap<>();
        all.forEach((name, tensor) -> {
            if (name.startsWith(beginning)) theirs.put(name.substring(beginning.length()), tensor);
        });
        try {
            OriginalUNet trunk = new OriginalUNet(beginning, theirs);
            ObjectNode config = config(trunk, theirs);
            Map<String, StoredTensor> weights = weights(file, trunk, theirs);
            return StoredNetwork.of(file, config, () -> weights);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    /** The convolutions of the picture; the numbers between them are activations. */
    private static List<Integer> sights(OriginalUNet trunk) {
        List<Integer> sights = new ArrayList<>();
        for (int i = 0; i < MOST && trunk.has(SIGHT + i + ".weight"); i += 2) sights.add(i);
        return sights;
    }

    private static ObjectNode config(OriginalUNet trunk, Map<String, StoredTensor> theirs) {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("_class_name", "ControlNetModel");
        config.put("in_channels", trunk.size("input_blocks.0.0.weight", 1));
        config.put("conditioning_channels", trunk.size(SIGHT + "0.weight", 1));
        ArrayNode widths = config.putArray("conditioning_embedding_out_channels");
        List<Integer> sights = sights(trunk);
        for (int i = 0; i < sights.size() - 1; i += 2) widths.add(trunk.size(SIGHT + sights.get(i) + ".weight", 0));
        StoredTensor added = theirs.get("label_emb.0.0.weight");
        int told = added == null || added.dim() < 2 ? 0 : (int) Math.min(1 << 20, added.size(1));
        trunk.way(config, Math.max(0, told - SIZES * SIZE), SIZES);
        return config;
    }

    private static Map<String, StoredTensor> weights(Path file, OriginalUNet trunk, Map<String, StoredTensor> theirs)
            throws IOException {
        List<Integer> sights = sights(trunk);
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        List<String> left = new ArrayList<>();
        theirs.forEach((theirName, tensor) -> {
            String name = name(theirName, trunk, sights);
            if (name == null || named.put(name, tensor) != null) left.add(Quoted.name(theirName));
        });
        if (!left.isEmpty())
            throw new IOException(
                    file + " holds " + left.size() + " weights that no ControlNet of Stable Diffusion has: "
                            + String.join(", ", left.subList(0, Math.min(8, left.size()))));
        return named;
    }

    private static String name(String theirName, OriginalUNet trunk, List<Integer> sights) {
        Matcher gate = GATE.matcher(theirName), middle = MIDDLE.matcher(theirName), seen = SEEN.matcher(theirName);
        if (gate.matches()) return "controlnet_down_blocks." + gate.group(1) + "." + gate.group(2);
        if (middle.matches()) return "controlnet_mid_block." + middle.group(1);
        if (!seen.matches()) return trunk.name(theirName);
        int place = sights.indexOf(Integer.parseInt(seen.group(1)));
        if (place < 0) return null;
        String part = place == 0 ? "conv_in" : place == sights.size() - 1 ? "conv_out" : "blocks." + (place - 1);
        return "controlnet_cond_embedding." + part + "." + seen.group(2);
    }
}
