package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the layers of a denoiser of diffusers are called in files of one piece, which other files count by too. */
public final class OriginalModules {
    private static final Pattern BLOCK = Pattern.compile(
            "(down|up)_blocks\\.(\\d{1,2})\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d{1,2})\\.?(.*)");
    private static final Map<String, String> ENDS = layers(OriginalUNet.ENDS);
    private static final Map<String, String> RESIDUAL = layers(OriginalUNet.RESIDUAL);

    private final Map<String, Integer> starts = new HashMap<>(), counts = new HashMap<>();
    private final Set<String> attending = new TreeSet<>();

    private OriginalModules(JsonNode config, Set<String> weights) {
        for (String name : weights) {
            Matcher block = BLOCK.matcher(name);
            if (!block.matches()) continue;
            String level = block.group(1) + block.group(2);
            if (block.group(3).equals("resnets")) counts.merge(level, number(block.group(4)) + 1, Math::max);
            if (block.group(3).equals("attentions")) attending.add(level);
        }
        int levels = config.path("block_out_channels").size(), in = 1, out = 0;
        for (int level = 0; level < levels; level++) {
            starts.put("down" + level, in);
            starts.put("up" + level, out);
            in += counts.getOrDefault("down" + level, 0) + 1;
            out += counts.getOrDefault("up" + level, 0);
        }
    }

    /** The other way round, of whole layers, without normalisations. */
    private static Map<String, String> layers(Map<String, String> beginnings) {
        return beginnings.entrySet().stream()
                .filter(entry -> !entry.getValue().contains("norm"))
                .collect(Collectors.toUnmodifiableMap(
                        entry -> withoutDot(entry.getValue()), entry -> withoutDot(entry.getKey())));
    }

    private static String withoutDot(String beginning) {
        return beginning.substring(0, beginning.length() - 1);
    }

    /**
     * Names for a denoiser.
     *
     * @param config its settings in diffusers
     * @param weights the names of its weights there
     */
    public static OriginalModules of(JsonNode config, Set<String> weights) {
        return new OriginalModules(config, weights);
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    /** The name of a layer; null where it has none. */
    public String name(String module) {
        String end = ENDS.get(module);
        if (end != null) return end;
        if (module.startsWith("mid_block.attentions.0."))
            return "middle_block.1." + module.substring("mid_block.attentions.0.".length());
        if (module.startsWith("mid_block.resnets."))
            return residual(
                    "middle_block." + (module.startsWith("mid_block.resnets.0.") ? 0 : 2) + ".",
                    module.substring("mid_block.resnets.0.".length()));
        Matcher block = BLOCK.matcher(module);
        if (!block.matches()) return null;
        String level = block.group(1) + block.group(2), rest = block.group(5);
        Integer start = starts.get(level);
        if (start == null) return null;
        String list = block.group(1).equals("down") ? "input_blocks." : "output_blocks.";
        int layer = number(block.group(4)), last = start + counts.getOrDefault(level, 0);
        return switch (block.group(3)) {
            case "resnets" -> residual(list + (start + layer) + ".0.", rest);
            case "attentions" -> list + (start + layer) + ".1." + rest;
            case "downsamplers" -> list + last + ".0.op";
            default -> list + (last - 1) + (attending.contains(level) ? ".2." : ".1.") + rest;
        };
    }

    private static String residual(String block, String part) {
        String theirs = RESIDUAL.get(part);
        return theirs == null ? null : block + theirs;
    }
}
