package dev.calotype.run;

import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.tensor.Engine;
import java.nio.file.Path;
import java.util.List;

/** A training in a process of its own, which tells on its standard output what it does, a line at a time. */
final class TrainingChild {
    private TrainingChild() {}

    /**
     * {@code start DATA RUNS} begins a training in a new directory under RUNS, {@code resume RUN} goes on with one.
     * Every step writes a checkpoint.
     */
    public static void main(String... arguments) throws Exception {
        Engine.load(1);
        TrainingObserver teller = new TrainingObserver() {
            @Override
            public void step(TrainingStatus status) {
                tell("step " + status.report().step());
            }
        };
        Training.Outcome outcome;
        if (arguments[0].equals("start")) {
            DiffusionExperiment experiment = Tiny.experiment(
                    "data.source=" + arguments[1],
                    "process.timesteps=loss-second-moment",
                    "process.loss=vlb",
                    "training.checkpointSeconds=0");
            outcome = Training.start(experiment, Path.of(arguments[2]), teller);
        } else {
            outcome = Training.resume(RunDirectory.open(Path.of(arguments[1])), List.of(), teller);
        }
        tell("hash " + outcome.weightsHash());
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
