package dev.calotype.cluster;

import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.settings.Check;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Images that are to be drawn: numbers 0 to {@code count - 1} of a seed.
 *
 * @param count 1 to 1,000,000,000
 * @param label the class of every image, or {@link Request#ANY}
 * @param sampling what is asked for otherwise than the recipe has it, by name, such as {@code steps}
 */
public record Wanted(long count, long seed, int label, Map<String, String> sampling) implements Serializable {
    private static final long MOST = 1_000_000_000;

    public Wanted {
        Check.range("n", count, 1, MOST);
        sampling = new TreeMap<>(sampling); // serializable
    }

    /** As the recipe has it, of any class. */
    public static Wanted of(long count, long seed) {
        return new Wanted(count, seed, Request.ANY, Map.of());
    }

    Request request(DrawsImages model) {
        return new Request(model.experiment().sampling(sampling), seed, label);
    }
}
