package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.Recipes;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.io.Reason;
import dev.calotype.machine.Doctor;
import dev.calotype.run.LearningStrip;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Examines this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Say what the engine is, what this machine can do, what is chosen, and what is wrong and how to mend it,",
            "and what the quickstart would take here, after a rehearsal of some seconds."
        })
final class DoctorCommand extends EngineCommand {
    /**
     * What was found.
     *
     * @param quickstart what it would take; null where it cannot be rehearsed
     */
    record Examination(@JsonUnwrapped Doctor.Findings machine, Quickstart quickstart) {
        @Override
        public String toString() {
            return quickstart == null ? machine.toString() : machine + System.lineSeparator() + quickstart;
        }
    }

    /**
     * What the quickstart would take.
     *
     * @param progress seconds from its start until the first line of progress
     * @param picture until the first picture
     * @param report until its report, its end
     * @param memory by what needs it; null on a GPU, whose memory is its own
     */
    record Quickstart(double progress, double picture, double report, Memory memory) {
        /**
         * @param seconds before the training: until the engine is up, and of the rehearsal
         * @param experiment as the recipe says
         */
        static Quickstart of(Forecast forecast, double seconds, GenerativeExperiment experiment) {
            TrainingSettings training = experiment.training();
            int pictures = QuickstartCommand.pictures(experiment);
            double within = Double.parseDouble(QuickstartCommand.WITHIN);
            double trained = 60 * forecast.minutes(training.minutes(), within, pictures);
            double progress = seconds + forecast.begun();
            double seen = Math.min(LearningStrip.firstShare() * trained, training.checkpointSeconds());
            return new Quickstart(
                    progress, progress + seen, progress + trained + forecast.after(pictures), Memory.of(forecast));
        }

        @Override
        public String toString() {
            String times = String.format(
                    Locale.ROOT,
                    "%-14s first progress after %s, first picture after %s, report after %s",
                    QuickstartCommand.NAME,
                    Console.duration(progress),
                    Console.duration(picture),
                    Console.duration(report));
            return memory == null ? times : times + String.format(Locale.ROOT, "%n%-14s %s", "its memory", memory);
        }
    }

    /**
     * Megabytes by what needs them.
     *
     * @param program what is there whatever is done
     * @param weights with optimizer and averages, as long as it trains
     * @param step what a step makes and frees again
     * @param data pictures that are ready ahead
     * @param drawing what the drawing of a grid makes, beside program and weights
     */
    record Memory(long program, long weights, long step, long data, long drawing) {
        static Memory of(Forecast forecast) {
            MemoryEstimate training = forecast.training().orElse(null);
            if (training == null) return null;
            long drawing = forecast.drawing().map(MemoryEstimate::results).orElse(0L);
            return new Memory(
                    training.process() >> 20,
                    training.weights() >> 20,
                    training.results() >> 20,
                    training.data() >> 20,
                    drawing >> 20);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d MB in training (program %d, weights and optimizer %d, a step %d, pictures ahead %d), %d MB in drawing",
                    program + weights + step + data,
                    program,
                    weights,
                    step,
                    data,
                    program + weights + drawing);
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        long up = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        Quickstart quickstart = quickstart(up * 1e-3, console); // before kernels are warm that are not where one begins
        return new Examination(Doctor.examine(), quickstart);
    }

    private static Quickstart quickstart(double up, Console console) {
        try {
            GenerativeExperiment experiment = Recipes.read(QuickstartCommand.NAME, null, List.of())
                    .generative()
                    .orElseThrow();
            String advice = MemoryPlan.of(experiment).map(MemoryPlan::advice).orElse("");
            if (!advice.isEmpty()) throw new IOException("it would not fit into the memory that is free");
            long begun = System.nanoTime();
            Forecast forecast = Forecast.of(experiment);
            return Quickstart.of(forecast, up + (System.nanoTime() - begun) * 1e-9, experiment);
        } catch (IOException | IllegalArgumentException e) {
            console.say("The quickstart was not rehearsed: %s", Reason.of(e));
            return null;
        }
    }
}
