package dev.calotype.data.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what a data set does not use, by reason, so that each reason is told in one line. */
public final class LeftOut {
    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);
    private static final int MAX_REMEMBERED = 10_000;
    /** A run opens the same data set for every score; one telling is enough. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final Map<String, Tally> missed = new LinkedHashMap<>();
    private final Map<String, Tally> unmissed = new LinkedHashMap<>();

    private static final class Tally {
        private final String example;
        private long count;

        Tally(String example) {
            this.example = example;
        }
    }

    /** Counts one more, which somebody might miss: it is told on the console. */
    public void add(String reason, String example) {
        add(reason, 1, example);
    }

    public void add(String reason, long count, String example) {
        missed.computeIfAbsent(reason, r -> new Tally(example)).count += count;
    }

    /** Counts one more that nobody misses: it is told to who asks, and in the log. */
    public void aside(String reason, String example) {
        unmissed.computeIfAbsent(reason, r -> new Tally(example)).count++;
    }

    public void addAll(LeftOut other) {
        other.missed.forEach((reason, tally) -> add(reason, tally.count, tally.example));
        other.unmissed.forEach((reason, tally) ->
                unmissed.computeIfAbsent(reason, r -> new Tally(tally.example)).count += tally.count);
    }

    /** Everything, what might be missed first. */
    public List<PassedOver> list() {
        List<PassedOver> all = new ArrayList<>(lines(missed));
        all.addAll(lines(unmissed));
        return List.copyOf(all);
    }

    /** For a message: what might be missed, or the empty string. */
    public String inWords() {
        StringBuilder words = new StringBuilder();
        for (PassedOver line : lines(missed)) words.append("; ").append(words(line));
        return words.toString();
    }

    /** Logs a line for each reason, a warning where something might be missed. */
    public void tell(String dataset) {
        for (PassedOver line : lines(missed)) if (isNews(dataset, line)) LOG.warn("{}: {}", dataset, words(line));
        for (PassedOver line : lines(unmissed)) if (isNews(dataset, line)) LOG.info("{}: {}", dataset, words(line));
    }

    private static boolean isNews(String dataset, PassedOver line) {
        return TOLD.size() >= MAX_REMEMBERED || TOLD.add(dataset + "\n" + line);
    }

    private static String words(PassedOver line) {
        return line.reason() + " (" + line.count() + ", for example " + line.example() + ")";
    }

    private static List<PassedOver> lines(Map<String, Tally> tallies) {
        List<PassedOver> lines = new ArrayList<>();
        tallies.forEach((reason, tally) -> lines.add(new PassedOver(reason, tally.count, tally.example)));
        return lines;
    }
}
