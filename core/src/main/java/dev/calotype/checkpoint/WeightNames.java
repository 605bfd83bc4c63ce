package dev.calotype.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Renames weights from one code base's names to another's by their beginnings.
 *
 * <p>A rule {@code down_blocks.0.resnets.0 -> input_blocks.1.0} renames that name and all that continue it with a dot;
 * of several rules the longest beginning counts. A name without a rule stays as it is.
 *
 * @param prefixes new beginning by old one, without the dot at the end; the empty text stands for no beginning
 */
public record WeightNames(Map<String, String> prefixes) {
    public WeightNames {
        prefixes = Collections.unmodifiableMap(new LinkedHashMap<>(prefixes));
        for (var e : prefixes.entrySet())
            if (e.getKey().endsWith(".") || e.getValue().endsWith("."))
                throw new IllegalArgumentException("a beginning is given without its last dot: " + e);
    }

    /** Drops a leading {@code prefix} such as the {@code module} that DataParallel puts before every name. */
    public static WeightNames dropping(String prefix) {
        return new WeightNames(Map.of(prefix, ""));
    }

    /** The rules the other way round. Throws {@link IllegalArgumentException} if two rules have the same result. */
    public WeightNames inverse() {
        Map<String, String> inverse = new LinkedHashMap<>();
        prefixes.forEach((from, to) -> {
            String other = inverse.put(to, from);
            if (other != null) throw new IllegalArgumentException(other + " and " + from + " both become " + to);
        });
        return new WeightNames(inverse);
    }

    /** The new name of a weight. */
    public String rename(String name) {
        for (int end = name.length(); end >= 0; end = end == 0 ? -1 : Math.max(name.lastIndexOf('.', end - 1), 0)) {
            String to = prefixes.get(name.substring(0, end));
            if (to == null) continue;
            String rest = end == 0 || end == name.length() ? name.substring(end) : name.substring(end + 1);
            if (to.isEmpty()) return rest;
            return rest.isEmpty() ? to : to + "." + rest;
        }
        return name;
    }

    /** The same tensors under their new names. Throws {@link IllegalArgumentException} if two get the same. */
    public <T> Map<String, T> rename(Map<String, T> tensors) {
        Map<String, T> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (renamed.put(rename(name), tensor) != null)
                throw new IllegalArgumentException("two weights become " + rename(name));
        });
        return renamed;
    }
}
