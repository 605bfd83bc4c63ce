package dev.calotype.study;

import dev.calotype.restoration.CurvePoint;
import dev.calotype.restore.Watcher;
import java.util.ArrayList;
import java.util.List;

/** Holds every iteration against the truth: for curves, and for what an oracle would have chosen. */
final class TruthWatcher implements Watcher {
    private final Scorer scorer;
    private final long begun = System.nanoTime();
    private final List<CurvePoint> points = new ArrayList<>();
    private long watching;

    TruthWatcher(Scorer scorer) {
        this.scorer = scorer;
    }

    @Override
    public void see(Frame frame) {
        long now = System.nanoTime();
        double psnr = scorer.psnr(frame.output());
        boolean averaged = frame.smoothed() != frame.output();
        double smoothed = averaged ? scorer.psnr(frame.smoothed()) : psnr;
        points.add(
                new CurvePoint(frame.iteration(), (now - begun) * 1e-9, frame.loss(), psnr, smoothed, frame.choice()));
        watching += System.nanoTime() - now;
    }

    /** This, and then a jury, whose time counts as watching. */
    Watcher with(Watcher jury) {
        return frame -> {
            see(frame);
            long now = System.nanoTime();
            jury.see(frame);
            watching += System.nanoTime() - now;
        };
    }

    /** Seconds from the start to an iteration. */
    double secondsAt(int iteration) {
        return points.stream()
                .filter(point -> point.iteration() == iteration)
                .mapToDouble(CurvePoint::seconds)
                .findFirst()
                .orElse(Double.NaN);
    }

    List<CurvePoint> points() {
        return points;
    }

    /** Seconds spent here. */
    double seconds() {
        return watching * 1e-9;
    }

    /**
     * The best that there was.
     *
     * @param psnr of the answer
     * @param iteration of the answer
     */
    TrialResult.Oracle oracle(double psnr, int iteration) {
        double best = psnr;
        int at = iteration;
        for (CurvePoint point : points)
            if (point.smoothed() > best) {
                best = point.smoothed();
                at = point.iteration();
            }
        return new TrialResult.Oracle(best, at, best == psnr ? 0 : best - psnr);
    }
}
