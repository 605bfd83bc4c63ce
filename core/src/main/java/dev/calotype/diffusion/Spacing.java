package dev.calotype.diffusion;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which steps of a long chain a shorter one keeps. The text form, which {@link #parse} reads, is one of
 *
 * <ul>
 *   <li>{@code 50}: 50 steps spread evenly, first and last included; a single one is the last;
 *   <li>{@code 10,15,20}: the chain cut in three equal sections, with 10, 15 and 20 steps (Nichol &amp; Dhariwal 2021);
 *   <li>{@code ddim25}: every n-th step from 0, 25 in all (Song et al. 2021); the last step is not visited;
 *   <li>{@code trailing25}: 25 steps counted back from the last (Lin et al. 2023), as a chain that ends in pure noise needs.
 * </ul>
 *
 * <p>All but {@code ddim25} visit the last step, where sampling starts: a chain that does not is given more noise than it
 * expects (Lin et al. 2023). improved-diffusion keeps step 0 of a section with a single step; here the last section keeps its
 * last one.
 *
 * @param kind how the steps are spread
 * @param counts the number of steps, of each section for {@link Kind#SECTIONS}, of all otherwise
 */
public record Spacing(Kind kind, List<Integer> counts) {
    /** How the kept steps are spread. */
    public enum Kind {
        /** Evenly within each of equal sections, ends included. */
        SECTIONS(""),
        /** A whole-numbered stride from step 0. */
        STRIDE("ddim"),
        /** Evenly, counted back from the last step. */
        TRAILING("trailing");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    public Spacing {
        counts = List.copyOf(counts);
        if (counts.isEmpty() || (kind != Kind.SECTIONS && counts.size() > 1))
            throw new IllegalArgumentException("a spacing of kind " + kind + " cannot have counts " + counts);
        for (int count : counts)
            if (count < 1) throw new IllegalArgumentException("a spacing must keep at least 1 step: " + count);
    }

    /** Steps spread evenly in each of {@code counts.length} equal sections. */
    public static Spacing even(int... counts) {
        return new Spacing(Kind.SECTIONS, Arrays.stream(counts).boxed().toList());
    }

    /** {@code count} steps at a whole-numbered stride from step 0. */
    public static Spacing stride(int count) {
        return new Spacing(Kind.STRIDE, List.of(count));
    }

    /** {@code count} steps counted back from the last one. */
    public static Spacing trailing(int count) {
        return new Spacing(Kind.TRAILING, List.of(count));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is none of the forms
     */
    public static Spacing parse(String text) {
        Kind kind = text.startsWith(Kind.STRIDE.prefix)
                ? Kind.STRIDE
                : text.startsWith(Kind.TRAILING.prefix) ? Kind.TRAILING : Kind.SECTIONS;
        try {
            String[] counts = text.substring(kind.prefix.length()).split(",", -1);
            return new Spacing(
                    kind,
                    Arrays.stream(counts).map(c -> Integer.valueOf(c.strip())).toList());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "a spacing must look like 50, 10,15,20, ddim25 or trailing25: '" + text + "'", e);
        }
    }

    /**
     * The kept steps of a chain of {@code steps}, ascending, each in 0..steps-1.
     *
     * @throws IllegalArgumentException if the chain is too short, or no whole-numbered stride gives the count
     */
    public int[] timesteps(int steps) {
        return switch (kind) {
            case SECTIONS -> sections(steps);
            case STRIDE -> strided(steps, counts.get(0));
            case TRAILING -> trailing(steps, counts.get(0));
        };
    }

    private int[] sections(int steps) {
        IntStream.Builder kept = IntStream.builder();
        int start = 0;
        for (int i = 0; i < counts.size(); i++) {
            int size = steps / counts.size() + (i < steps % counts.size() ? 1 : 0);
            int count = counts.get(i);
            requireRoom(size, count);
            double stride = count == 1 ? 1 : (size - 1) / (count - 1.0);
            double offset = count == 1 && i == counts.size() - 1 ? size - 1 : 0;
            for (int k = 0; k < count; k++, offset += stride) kept.add(start + (int) Math.rint(offset));
            start += size;
        }
        return kept.build().toArray();
    }

    private static int[] strided(int steps, int count) {
        requireRoom(steps, count);
        for (int stride = 1; stride <= steps; stride++)
            if ((steps + stride - 1) / stride == count) {
                int every = stride;
                return IntStream.range(0, count).map(k -> k * every).toArray();
            }
        throw new IllegalArgumentException(
                "no whole-numbered stride through " + steps + " steps keeps exactly " + count);
    }

    private static int[] trailing(int steps, int count) {
        requireRoom(steps, count);
        return IntStream.rangeClosed(1, count)
                .map(k -> (int) Math.rint((double) steps * k / count) - 1)
                .toArray();
    }

    private static void requireRoom(int steps, int count) {
        if (count > steps) throw new IllegalArgumentException("cannot keep " + count + " of " + steps + " steps");
    }

    @Override
    public String toString() {
        return kind.prefix
                + String.join(",", counts.stream().map(String::valueOf).toList());
    }
}
