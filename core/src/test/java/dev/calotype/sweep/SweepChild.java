package dev.calotype.sweep;

import dev.calotype.io.Progress;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import dev.calotype.tensor.Engine;
import java.nio.file.Path;
import java.util.List;

/** A sweep in a process of its own, which tells on its standard output what it does, a line at a time. */
final class SweepChild {
    /** Two cells with two seeds, each sampled in two ways; every step writes a checkpoint. */
    static final String SWEEP =
            """
            name: tiny
            recipe:
              data: {source: "rooms:train", size: 32}
              network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
              process: {steps: 4}
              sampling: {steps: 2}
              training: {steps: 3, minutes: 0, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.5], checkpointSeconds: 0}
            axes: {training.learningRate: [0.001, 0.01]}
            seeds: [0, 1]
            evaluate:
              images: 64
              against: "rooms:test"
              axes: {sampling.steps: [2, 3]}
              likelihood: {data: "rooms:test", images: 2, steps: 2}
            """;

    private SweepChild() {}

    /** Runs the sweep in the folder {@code arguments[0]}, every trial in this process. */
    public static void main(String... arguments) throws Exception {
        Engine.load(1);
        TrainingObserver observer = new TrainingObserver() {
            @Override
            public void step(TrainingStatus status) {
                tell("step " + status.report().step());
            }
        };
        Progress progress = (what, done, total) -> tell(what + " " + done);
        Path folder = Path.of(arguments[0]);
        Sweep sweep = Sweep.parse(SWEEP, folder, List.of());
        new SweepRun(sweep, SweepDirectory.create(folder, sweep), observer, progress).all();
        tell("done");
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
