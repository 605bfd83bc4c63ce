package dev.calotype.train.adapt;

import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which weights of a network learn, and how.
 *
 * @param layers patterns of the weights that learn: as they are, or by factors; empty for all that can
 * @param whole patterns of weights that learn as they are beside those with factors
 * @param rank of the factors, at least 1
 * @param alpha over {@code rank} is how much the factors count
 * @param rankDropout the share of a weight's factors that a step does without, in [0, 1)
 * @param seed of the first factors and of what is left out
 */
public record Adaptation(
        Method method, List<String> layers, Set<String> whole, int rank, double alpha, double rankDropout, long seed) {
    /** What learns. */
    public enum Method {
        /** All weights. */
        FULL,
        /** Some weights. */
        PARTIAL,
        /** Two small matrices for each weight (Hu et al. 2021). */
        LORA,
        /** The same, and the length of each row of the weight (Liu et al. 2024). */
        DORA;

        /** Whether weights get factors. */
        public boolean factored() {
            return this == LORA || this == DORA;
        }

        /** How many of {@link Adaptation#factors} a weight with factors gets. */
        public int factors() {
            return this == DORA ? 3 : 2;
        }
    }

    /** What becomes of one weight. */
    public enum Part {
        FROZEN,
        WHOLE,
        FACTORED
    }

    /** All weights learn. */
    public static final Adaptation FULL = new Adaptation(Method.FULL, List.of(), Set.of(), 1, 1, 0, 0);

    private static final String WEIGHT = "weight";

    public Adaptation {
        layers = List.copyOf(layers);
        whole = Set.copyOf(whole);
        layers.forEach(NamePattern::new);
        whole.forEach(NamePattern::new);
        require(rank >= 1 && rank <= 4096, "rank must be in 1..4096", rank);
        require(alpha > 0 && alpha <= 1e6, "alpha must be above 0 and at most 1000000", alpha);
        require(rankDropout >= 0 && rankDropout < 1, "rankDropout must be in [0, 1)", rankDropout);
        require(
                method.factored() || rankDropout == 0,
                "rankDropout must be 0 where method is neither lora nor dora",
                rankDropout);
        require(method != Method.FULL || layers.isEmpty(), "layers must be empty where method is full", layers);
        require(
                method != Method.PARTIAL || !layers.isEmpty(),
                "layers must name what learns where method is partial",
                layers);
        require(
                method.factored() || whole.isEmpty() || method == Method.PARTIAL,
                "whole must be empty where method is full",
                whole);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }

    /** How much the factors count. */
    public double scale() {
        return alpha / rank;
    }

    /** What the three factors of a weight are called, as peft does: A, B and the lengths. */
    public static List<String> factors(String weight) {
        String stem = weight.substring(0, weight.length() - WEIGHT.length());
        return List.of(stem + "lora_A.weight", stem + "lora_B.weight", stem + "lora_magnitude_vector.weight");
    }

    /**
     * What becomes of each weight.
     *
     * @param shapes of the weights by name
     * @throws IllegalArgumentException if a pattern fits none of them, a named one is narrower than the rank, or nothing would learn
     */
    public Map<String, Part> parts(Map<String, long[]> shapes) {
        Map<String, Part> parts = new LinkedHashMap<>();
        shapes.keySet().forEach(name -> parts.put(name, method == Method.FULL ? Part.WHOLE : Part.FROZEN));
        if (method == Method.FULL) return parts;
        for (String pattern : whole) matching(pattern, shapes.keySet()).forEach(name -> parts.put(name, Part.WHOLE));
        if (method == Method.PARTIAL) {
            for (String pattern : layers)
                matching(pattern, shapes.keySet()).forEach(name -> parts.put(name, Part.WHOLE));
            return parts;
        }
        Set<String> able = shapes.keySet().stream()
                .filter(name -> (name.equals(WEIGHT) || name.endsWith("." + WEIGHT))
                        && shapes.get(name).length >= 2
                        && parts.get(name) == Part.FROZEN)
                .collect(Collectors.toCollection(TreeSet::new));
        if (layers.isEmpty())
            able.stream()
                    .filter(name -> width(shapes.get(name)) >= rank)
                    .forEach(name -> parts.put(name, Part.FACTORED));
        for (String pattern : layers)
            for (String name : matching(pattern, able)) {
                long width = width(shapes.get(name));
                require(
                        rank <= width,
                        String.format(Locale.ROOT, "rank must be at most %d, the width of %s", width, name),
                        rank);
                parts.put(name, Part.FACTORED);
            }
        require(parts.containsValue(Part.FACTORED), "rank must be at most the width of a weight", rank);
        return parts;
    }

    /** The shorter side of a weight as a matrix. */
    private static long width(long[] shape) {
        return Math.min(shape[0], Tensors.count(shape) / Math.max(1, shape[0]));
    }

    private static List<String> matching(String pattern, Set<String> names) {
        NamePattern asked = new NamePattern(pattern);
        List<String> matching = names.stream().filter(asked::matches).toList();
        if (matching.isEmpty())
            throw new IllegalArgumentException("layers must name weights of the network, of which there are "
                    + String.join(", ", nearest(pattern, names)) + ": " + pattern);
        return matching;
    }

    /** Some names, those first that share the longest beginning of a part with a pattern. */
    private static List<String> nearest(String pattern, Set<String> names) {
        List<String> sorted = new ArrayList<>(names);
        sorted.sort((a, b) -> Integer.compare(shared(pattern, b), shared(pattern, a)));
        return sorted.subList(0, Math.min(4, sorted.size()));
    }

    private static int shared(String pattern, String name) {
        int longest = 0;
        for (String part : name.split("\\."))
            for (int length = 1; length <= Math.min(part.length(), pattern.length()); length++)
                if (pattern.contains(part.substring(0, length))) longest = Math.max(longest, length);
        return longest;
    }
}
