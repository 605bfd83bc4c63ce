package dev.calotype.kind.gan;

import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Incident.Kind;
import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.Duel;
import dev.calotype.train.RunningMean;
import dev.calotype.train.StepReport;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Notices from the reports of the steps when the game of two networks goes wrong. Means run over about 50 steps. The
 * thresholds stand by measured runs: docs/results/gan-collapse.md.
 */
final class GameWatch {
    private static final int PATIENCE = 100; // steps before a mean says anything
    private static final int LATE = 1000; // steps after which a generator has had its time
    private static final double DIVERSE = 0.25, FALLEN = 0.5, MONOTONOUS = 0.1;
    private static final double REAL = 1; // the diversity of real images: more is no loss
    private static final double SURE = 0.98, NOTHING_LEFT = 0.01, HUGE = 100;

    private final AdversarialLoss loss;
    private final Mean diversity = new Mean();
    private final Mean accuracy = new Mean();
    private final Mean size = new Mean();
    private double best;

    GameWatch(AdversarialLoss loss) {
        this.loss = loss;
    }

    /** A running mean that knows of how many steps it is. */
    private static final class Mean {
        private final RunningMean mean = new RunningMean();
        private int count;

        void add(double value) {
            if (!Double.isFinite(value)) return;
            mean.add(value);
            count++;
        }

        boolean knows() {
            return count >= PATIENCE;
        }

        double value() {
            return mean.value();
        }

        DoubleStream state() {
            return DoubleStream.concat(mean.state(), DoubleStream.of(count));
        }

        void restore(double[] state, int from) {
            mean.restore(state, from);
            count = (int) state[from + 2];
        }
    }

    /** What it remembers of the steps so far: what {@link #restore} wants. */
    double[] state() {
        return Stream.of(diversity.state(), accuracy.state(), size.state(), DoubleStream.of(best))
                .flatMapToDouble(part -> part)
                .toArray();
    }

    /** Goes on from what another watch remembered. */
    void restore(double[] state) {
        diversity.restore(state, 0);
        accuracy.restore(state, 3);
        size.restore(state, 6);
        best = state[9];
    }

    /** What this step shows to be wrong; the most telling first. */
    Optional<Incident> see(StepReport report, double seconds) {
        Duel duel = report.duel();
        diversity.add(duel.diversity());
        accuracy.add(duel.accuracy());
        size.add(Math.abs(report.loss()));
        if (diversity.knows()) best = Math.max(best, Math.min(diversity.value(), REAL));
        return found(report.step(), seconds);
    }

    private Optional<Incident> found(long step, double seconds) {
        if (size.knows() && bounded() && size.value() > HUGE)
            return Optional.of(new Incident(step, seconds, Kind.DIVERGENCE, diverging()));
        if (diversity.knows()) {
            boolean fell = best >= DIVERSE && diversity.value() < FALLEN * best;
            boolean never = step >= LATE && diversity.value() < MONOTONOUS;
            if (fell || never) return Optional.of(new Incident(step, seconds, Kind.COLLAPSE, collapsing()));
        }
        boolean won =
                accuracy.knows() && bounded() && accuracy.value() > SURE && size.value() < NOTHING_LEFT * guessing();
        return won ? Optional.of(new Incident(step, seconds, Kind.DISCRIMINATOR_WON, won())) : Optional.empty();
    }

    /** Whether answers have a scale: those of a Wasserstein critic may be of any size and should tell all apart. */
    private boolean bounded() {
        return loss != AdversarialLoss.WASSERSTEIN;
    }

    /** The discriminator's loss while it cannot tell images apart. */
    private double guessing() {
        return switch (loss) {
            case NON_SATURATING -> 2 * Math.log(2);
            case LEAST_SQUARES -> 0.25;
            case HINGE -> 2;
            case WASSERSTEIN -> 0;
        };
    }

    private String collapsing() {
        return String.format(
                Locale.ROOT,
                "the generator collapses: its images differ %.0f %% as much from each other as real ones do, and"
                        + " %.0f %% at best before; try game.penalty=r1 with normalization none, normalization batch"
                        + " or spectral, game.augmentation, a lower game.discriminatorRate or training.learningRate",
                100 * diversity.value(),
                100 * best);
    }

    private String won() {
        return String.format(
                Locale.ROOT,
                "the discriminator has won: it judges %.1f %% of the images rightly and its loss is %.3g, so that"
                        + " the generator learns little; try a lower game.discriminatorRate, game.smoothing=0.1, game.penalty=r1,"
                        + " game.augmentation or more data",
                100 * accuracy.value(),
                size.value());
    }

    private String diverging() {
        return String.format(
                Locale.ROOT,
                "the game diverges: the loss of the discriminator is %.3g; try a lower training.learningRate,"
                        + " game.penalty=r1 or normalization spectral",
                size.value());
    }
}
