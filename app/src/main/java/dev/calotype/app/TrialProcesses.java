package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.OwnProcesses;
import dev.calotype.report.Report;
import dev.calotype.report.ReportFormat;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.SweepWorkers;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.util.List;

/** Runs a sweep in processes of this command line, and tells how it goes. */
record TrialProcesses(Sweep sweep, SweepDirectory directory, Console console) {
    /** Runs what is left of it and writes its report. */
    SweepTable run() throws IOException, InterruptedException {
        console.say(
                "%s: %d trainings, %d at a time, in %s",
                sweep.name(), sweep.trials().size(), sweep.parallel(), directory.root());
        if (sweep.measurement().images() > 0)
            sweep.trials().stream()
                    .map(Trial::experiment)
                    .flatMap(experiment -> experiment.generative().stream())
                    .map(experiment -> "judged against " + sweep.measurement().against(experiment)
                            + " in the features of " + sweep.measurement().network(experiment))
                    .distinct()
                    .forEach(judged -> console.say("%s", judged));
        SweepTable table = new SweepWorkers(sweep, directory, this::command, told()).run();
        console.say("Look at %s", Report.write(directory.root(), ReportFormat.HTML));
        return table;
    }

    private List<String> command(String id) {
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / sweep.parallel());
        return OwnProcesses.command(
                List.of("-XX:ActiveProcessorCount=" + cores),
                List.of("sweep", directory.sweepFile().toString(), "--trial", id, "--threads", "" + cores));
    }

    private SweepWorkers.Listener told() {
        return new SweepWorkers.Listener() {
            @Override
            public synchronized void started(Trial trial, int done, int all) {
                console.say("%d/%d done; now %s", done, all, trial.id());
            }

            @Override
            public synchronized void said(Trial trial, String line) {
                console.say("[%s] %s", trial.id(), line);
            }
        };
    }
}
