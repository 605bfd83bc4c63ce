package dev.calotype.judge;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.calotype.experiment.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How generated pictures compare with real ones, with all that must be stated beside the numbers. In JSON all stands side by
 * side, in one object.
 *
 * @param subject what was compared with what
 * @param eyes the feature network; null where none looked
 * @param counts of pictures
 * @param scores what the measures found; one that was not asked for is absent
 * @param conditions what else must be equal for numbers to compare
 * @param caveats what a reader must know, in sentences
 * @param seconds that it took
 */
public record Judgement(
        Subject subject,
        Eyes eyes,
        Counts counts,
        Scores scores,
        Conditions conditions,
        List<String> caveats,
        double seconds) {
    private static final Set<String> OTHERS = Set.of(
            "generated",
            "against",
            "size",
            "network",
            "hash",
            "images",
            "realImages",
            "conditions",
            "caveats",
            "seconds");

    /**
     * What was compared with what.
     *
     * @param generated what was judged, with the seed and the sampler of what was drawn
     * @param against the real pictures
     * @param size pixels per side of both, as prepared; null where only pairs were compared, in their own sizes
     */
    public record Subject(String generated, String against, Integer size) {}

    /** A feature network; numbers of different networks or hashes do not compare. */
    public record Eyes(String network, String hash) {}

    /** How many pictures of both sides were seen. */
    public record Counts(long images, long realImages) {}

    /**
     * What else a score depends on.
     *
     * @param input what the network does to pictures; null where none looked
     * @param seed of the features held and of the subsets of KID
     * @param neighbours k of precision, recall, density and coverage
     * @param held how many features of each set all scores but the FID see, at most
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Conditions(String input, long seed, int neighbours, int held) {}

    public Judgement {
        caveats = caveats == null ? List.of() : List.copyOf(caveats);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Judgement of(Map<String, Object> json) {
        Scores all = new Scores(json);
        Map<String, Object> found = new LinkedHashMap<>(json);
        found.keySet().removeAll(OTHERS);
        Integer size = all.as("size", Integer.class);
        List<String> caveats = new ArrayList<>();
        if (json.get("caveats") instanceof List<?> sentences)
            sentences.forEach(sentence -> caveats.add(String.valueOf(sentence)));
        return new Judgement(
                new Subject(all.text("generated"), all.text("against"), size),
                all.has("network") ? new Eyes(all.text("network"), all.text("hash")) : null,
                new Counts(whole(all, "images"), whole(all, "realImages")),
                new Scores(found),
                all.as("conditions", Conditions.class),
                caveats,
                all.has("seconds") ? all.number("seconds") : 0);
    }

    private static long whole(Scores all, String name) {
        return all.has(name) ? all.as(name, Long.class) : 0;
    }

    @JsonValue
    Map<String, Object> json() {
        return Scores.NONE
                .with("generated", generated())
                .with("against", against())
                .with("size", size())
                .with("network", network())
                .with("hash", hash())
                .with("images", images())
                .with("realImages", realImages())
                .and(scores)
                .with("conditions", conditions)
                .with("caveats", caveats)
                .with("seconds", seconds)
                .byName();
    }

    public String generated() {
        return subject.generated();
    }

    public String against() {
        return subject.against();
    }

    public Integer size() {
        return subject.size();
    }

    /** The name of the feature network; null where none looked. */
    public String network() {
        return eyes == null ? null : eyes.network();
    }

    /** Of its weights; null where none looked. */
    public String hash() {
        return eyes == null ? null : eyes.hash();
    }

    public long images() {
        return counts.images();
    }

    public long realImages() {
        return counts.realImages();
    }

    /** The score of this name, such as {@code fid}; null where it was not measured. */
    public Double score(String name) {
        return scores.number(name);
    }

    /** Whether it has all that the report of a run shows. */
    public boolean complete() {
        return scores.has("fid") && scores.has("kid") && scores.has("precision");
    }

    /** How often each value occurs among the generated pictures, by attribute; empty where nothing is known. */
    public Map<String, Map<String, Double>> shares() {
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        if (scores.byName().get("shares") instanceof Map<?, ?> attributes)
            for (Object attribute : attributes.keySet()) {
                Map<String, Double> values = new LinkedHashMap<>();
                if (attributes.get(attribute) instanceof Map<?, ?> of)
                    of.forEach((value, share) -> values.put(String.valueOf(value), ((Number) share).doubleValue()));
                shares.put(String.valueOf(attribute), values);
            }
        return shares;
    }

    /** What was found, in one sentence without an end. */
    public String sentence() {
        String parts = Stream.of(Measure.values())
                .map(measure -> measure.scorer().words(scores))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
        String seen = eyes == null ? "" : " on " + images() + " images (" + eyes.network() + " " + eyes.hash() + ")";
        return parts + PairScores.words(scores) + seen;
    }

    /** What a milestone keeps of it: the numbers, and what they depend on. */
    Scores kept() {
        Map<String, Object> numbers = new LinkedHashMap<>(scores.byName());
        numbers.remove("shares");
        return new Scores(numbers)
                .with("images", images())
                .with("network", network())
                .with("hash", hash());
    }
}
