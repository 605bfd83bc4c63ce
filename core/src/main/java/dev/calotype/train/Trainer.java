package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Scope;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The training loop: it opens the scope of each step, tells the listeners, and stops when it is told to. It does not
 * know what it trains.
 */
public final class Trainer {
    private static final double DIVERGED = 8;
    private static final int PATIENCE = 200;
    private static final int ENOUGH = 50; // steps: a mean of fewer may be a lucky batch, and is no best

    /** Told of every step, on the training thread, inside its scope. */
    @FunctionalInterface
    public interface Listener {
        void afterStep(StepReport report);
    }

    private final TrainingStep step;
    private final Supplier<Batch> batches;
    private final List<Listener> listeners;

    public Trainer(TrainingStep step, Supplier<Batch> batches, List<Listener> listeners) {
        this.step = step;
        this.batches = batches;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Trains until {@code enough} says so of a step.
     *
     * @throws DivergenceException if the loss is not finite, or its running mean is far above the best it has been since it is one of enough steps
     */
    public void run(Predicate<StepReport> enough) {
        Course course = new Course();
        while (true) {
            StepReport[] report = new StepReport[1];
            Scope.run(() -> {
                report[0] = step.run(batches.get());
                listeners.forEach(listener -> listener.afterStep(report[0]));
            });
            course.goesOn(report[0]);
            if (enough.test(report[0])) return;
        }
    }

    /** What all processes that share the steps know of the loss, so that all stop at the same step. */
    private final class Course {
        private final RunningMean mean = new RunningMean();
        private double best = Double.MAX_VALUE;
        private int made;
        private int seen;

        void goesOn(StepReport report) {
            made++;
            if (!step.isSettled()) return; // the loss is that of one process
            mean.add(report.loss(), made - seen);
            seen = made;
            double loss = mean.value();
            boolean falls = step.course() == TrainingStep.Course.FALLS;
            if (falls && made > PATIENCE && loss > 0 && best > 0 && loss > DIVERGED * best)
                throw new DivergenceException(
                        report.step(),
                        String.format(Locale.ROOT, "the loss diverges: a running mean of %.4g after %.4g", loss, best));
            if (made >= ENOUGH) best = Math.min(best, loss);
        }
    }
}
