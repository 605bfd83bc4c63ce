package dev.calotype.app.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a bench measured.
 *
 * @param work its name
 * @param date when, in ISO 8601
 */
public record BenchReport(String work, String date, Machine machine, List<Case> cases) {
    /**
     * One work with its settings.
     *
     * @param unit what one iteration is
     * @param ours alone, before any race
     * @param peers one entry for each peer that was asked for, also for those that did not race
     */
    public record Case(String unit, Map<String, String> settings, Side ours, List<Entry> peers) {}

    /**
     * One of the two that race.
     *
     * @param seconds per iteration, each value the median of a unit
     * @param precision of the arithmetic
     * @param threads that compute
     * @param peakMb the largest resident memory of the process while it was measured; null where it is unknown
     * @param idleShare processor time used while the other one ran, as a share of that time; null without another one
     * @param versions of the libraries that compute
     */
    public record Side(
            Spread seconds,
            String precision,
            int threads,
            Long peakMb,
            Double idleShare,
            Map<String, String> versions) {}

    /** How it went with a peer. */
    public enum Outcome {
        /** Measured. */
        RACED,
        /** Not installed. */
        MISSING,
        /** Its outputs are not ours. */
        REFUSED,
        /** It stopped with an error. */
        FAILED
    }

    /**
     * A peer and, if it raced, the result.
     *
     * @param note what to do, or what went wrong; empty if it raced
     * @param difference relative, of the outputs; null if there was nothing to compare
     * @param ratio the peer's seconds over ours, of each pair: above 1 ours is faster
     * @param tried the seconds per iteration of the peer by the number of threads tried
     */
    public record Entry(
            String peer,
            Outcome outcome,
            String note,
            Double difference,
            Spread ratio,
            int pairs,
            Side ours,
            Side theirs,
            Map<Integer, Double> tried) {
        static Entry without(String peer, Outcome outcome, String note, Double difference) {
            return new Entry(peer, outcome, note, difference, null, 0, null, null, Map.of());
        }

        @Override
        public String toString() {
            if (outcome != Outcome.RACED)
                return String.format(
                        Locale.ROOT, "%-18s %s: %s", peer, outcome.name().toLowerCase(Locale.ROOT), note);
            String outputs =
                    difference == null ? "" : String.format(Locale.ROOT, "; outputs differ by %.1e", difference);
            return String.format(
                    Locale.ROOT,
                    "%-18s %.2f x (%.2f to %.2f, %d pairs): %s; against calotype %.4f s, %s%s",
                    peer,
                    ratio.median(),
                    ratio.min(),
                    ratio.max(),
                    pairs,
                    side(theirs),
                    ours.seconds.median(),
                    memory(ours),
                    outputs);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Case measured : cases) {
            text.append(work);
            measured.settings.forEach((key, value) -> text.append(String.format(Locale.ROOT, ", %s %s", key, value)));
            text.append(String.format(Locale.ROOT, ": seconds per %s%n", measured.unit));
            text.append(String.format(Locale.ROOT, "  %-18s %s%n", "calotype", side(measured.ours)));
            for (Entry entry : measured.peers) text.append("  ").append(entry).append(System.lineSeparator());
        }
        return text.append(machine).toString();
    }

    private static String side(Side side) {
        String idle = side.idleShare != null && side.idleShare > 0.05
                ? String.format(Locale.ROOT, ", NOT IDLE while the other ran (%.0f %%)", 100 * side.idleShare)
                : "";
        return String.format(
                Locale.ROOT,
                "%.4f s (%.4f to %.4f), %s, %d thread%s, %s%s, %s",
                side.seconds.median(),
                side.seconds.min(),
                side.seconds.max(),
                side.precision,
                side.threads,
                side.threads == 1 ? "" : "s",
                memory(side),
                idle,
                side.versions);
    }

    private static String memory(Side side) {
        return side.peakMb == null ? "memory unknown" : side.peakMb + " MB";
    }
}
