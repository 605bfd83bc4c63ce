package dev.calotype.collective;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** How long each rank waits for the others: the one for which they wait, and that waits least itself, is a straggler. Of one thread. */
public final class Stragglers {
    private static final int LEAST = 10; // sums
    private static final int WARM_UP = 2; // steps in which the ranks do more than in others
    private static final double MUCH = 0.1; // of the time

    private final Ranks ranks;
    private final LongSupplier clock; // nanoseconds
    private final Set<Integer> named = new HashSet<>();
    private final double[] waited; // seconds of each rank in the steps that count
    private double time; // seconds of these steps, from the end of one sum to the end of the next
    private double own; // what this rank has waited in the step before, of which the next sum tells
    private double took; // that step in all
    private int sums = -WARM_UP - 1; // the first sum tells of none
    private long ended;

    public Stragglers(Ranks ranks) {
        this(ranks, System::nanoTime);
    }

    Stragglers(Ranks ranks, LongSupplier clock) {
        this.ranks = ranks;
        this.clock = clock;
        waited = new double[ranks.world()];
    }

    /** The time of its clock. */
    public long now() {
        return clock.getAsLong();
    }

    /**
     * The sums over all ranks.
     *
     * @param begun since when this rank does nothing but wait for the others
     * @throws LostRanksException if another one does not take part
     */
    public double[] sum(long begun, double... values) {
        if (!ranks.several()) return values;
        double[] all = Arrays.copyOf(values, values.length + waited.length);
        all[values.length + ranks.rank()] = own; // what this sum takes is known after it
        all = ranks.sum(all);
        if (sums++ >= 0) {
            for (int rank = 0; rank < waited.length; rank++) waited[rank] += all[values.length + rank];
            time += took;
        }
        long now = now();
        own = (now - begun) * 1e-9;
        took = (now - ended) * 1e-9;
        ended = now;
        return Arrays.copyOf(all, values.length);
    }

    /** A sentence about one that was not named before and that takes a tenth of the others' time, as the sums since the last question show. */
    public Optional<String> name() {
        if (sums < LEAST) return Optional.empty();
        int slowest = 0;
        for (int rank = 1; rank < waited.length; rank++) if (waited[rank] < waited[slowest]) slowest = rank;
        double mean = (Arrays.stream(waited).sum() - waited[slowest]) / (waited.length - 1);
        double share = (mean - waited[slowest]) / time;
        Arrays.fill(waited, 0);
        time = 0;
        sums = -WARM_UP; // what is told next is of the step before, and of the one with a checkpoint in it
        if (share < MUCH || !named.add(slowest)) return Optional.empty();
        return Optional.of(String.format(
                Locale.ROOT,
                "the others wait for %s in %.0f %% of the time; look what else its machine does%s",
                ranks.name(slowest),
                100 * share,
                slowest == 0 ? "" : ", or train without it")); // which leads
    }
}
