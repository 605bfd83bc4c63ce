package dev.calotype.app.console;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.run.Change;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import dev.calotype.tensor.Placement;
import dev.calotype.train.LearningRate;
import java.util.List;
import java.util.Locale;

/** Shows a training run to a person, and on Ctrl-C lets it save before the process ends. */
public final class TrainingConsole implements TrainingObserver, AutoCloseable {
    private final Console console;
    private final Interrupt interrupt;
    private RunDirectory run;
    private boolean finished;

    public TrainingConsole(Console console) {
        this.console = console;
        interrupt = new Interrupt(() -> {
            if (run != null) console.say("Saved. To go on: calotype train --resume %s", run);
        });
    }

    @Override
    public void planned(MemoryPlan plan) {
        console.say("%s", plan);
    }

    @Override
    public void started(RunDirectory directory, Experiment experiment, Placement placement, long weights, long step) {
        run = directory;
        Logs.to(directory.logFile());
        console.say(
                "%s: %.2f million weights on %s, data %s at %d px, %s",
                directory,
                weights * 1e-6,
                placement,
                experiment.data().source(),
                experiment.data().size(),
                step == 0 ? "from the start" : "going on after step " + step);
    }

    @Override
    public void changed(List<Change> changes, double learningRate) {
        for (Change change : changes) console.say("Changed from here on: %s", change);
        console.say("The learning rate goes on at %.3g", learningRate);
    }

    @Override
    public void finished(RunDirectory directory, Experiment experiment, long step, TrainingSettings.Limit limit) {
        finished = true;
        TrainingSettings training = experiment.training();
        String decay = training.decay() != LearningRate.Decay.CONSTANT
                ? ", when the decay of its learning rate goes over the whole new length"
                : "";
        console.say(
                "%s has reached its %s and is left as it is. To train it further: calotype train --resume %s --set %s%s",
                directory, training.words(limit), directory, training.longer(limit, step), decay);
    }

    /** Whether there was nothing left to train. */
    public boolean wasFinished() {
        return finished;
    }

    @Override
    public void step(TrainingStatus status) {
        String text = String.format(
                Locale.ROOT,
                "step %d  loss %.4f  %.1f images/s  %d MB",
                status.report().step(),
                status.loss(),
                status.imagesPerSecond(),
                status.memoryMb());
        console.bar(status.progress(), text, status.secondsLeft());
    }

    @Override
    public void noticed(Incident incident) {
        console.say("Warning, step %d: %s", incident.step(), incident.message());
    }

    @Override
    public boolean stopRequested() {
        return interrupt.asked();
    }

    @Override
    public void close() {
        interrupt.close();
    }
}
