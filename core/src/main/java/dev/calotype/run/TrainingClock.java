package dev.calotype.run;

/** Seconds of training, those of earlier sittings included. */
final class TrainingClock {
    private double before;
    private long begun = System.nanoTime();

    void start(double secondsBefore) {
        before = secondsBefore;
        begun = System.nanoTime();
    }

    double seconds() {
        return before + (System.nanoTime() - begun) * 1e-9;
    }
}
