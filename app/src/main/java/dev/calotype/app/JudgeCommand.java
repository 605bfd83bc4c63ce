package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.ServesJudges;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks after the network that judges rooms. */
@Command(
        name = "judge",
        mixinStandardHelpOptions = true,
        description = "Measure or export the network that reads the attributes of rooms.",
        subcommands = {JudgeCommand.Accuracy.class, JudgeCommand.Export.class})
final class JudgeCommand {
    /** Measures how often attributes are read rightly. */
    @Command(
            name = "accuracy",
            mixinStandardHelpOptions = true,
            description = "Measure how often each attribute of rooms:test is read rightly.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype judge accuracy -n 10000")
    static final class Accuracy extends EngineCommand {
        @Option(names = "--network", paramLabel = "NAME", defaultValue = "rooms", description = "rooms or rooms:FILE.")
        private String network;

        @Option(names = "-n", paramLabel = "N", defaultValue = "2000", description = "Default: ${DEFAULT-VALUE}.")
        private int count;

        @Override
        Object execute(Console console) throws Exception {
            if (count < 1) throw new IllegalArgumentException("-n must be at least 1: " + count);
            if (!network.equals("rooms") && !network.startsWith("rooms:"))
                throw new IllegalArgumentException("only rooms or rooms:FILE reads attributes: " + network);
            try (RoomsJudge judge = (RoomsJudge) FeatureNetworks.open(network, Device.CPU)) {
                return new Read(judge.accuracy(count, console));
            }
        }
    }

    /** The share of each attribute that was read rightly. */
    record Read(Map<String, Double> accuracy) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            accuracy.forEach((name, share) -> text.append(String.format(Locale.ROOT, "%-20s %.4f%n", name, share)));
            return text.toString().stripTrailing();
        }
    }

    /** Writes the judge of a run to a file. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Write the averaged weights of a judge run to a small file of their own.",
            footerHeading = "%nExamples:%n",
            footer = "  calotype judge export runs/rooms-judge-001 --out rooms-judge.safetensors")
    static final class Export extends EngineCommand {
        @Parameters(paramLabel = "RUN", description = "The run directory of a judge.")
        private Path run;

        @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file to write.")
        private Path out;

        @Override
        Object execute(Console console) throws Exception {
            Placement placement = new Placement(Device.CPU, Precision.FP32);
            try (ServesJudges judge = TrainedFile.open(run, Capability.SERVES_JUDGES, placement)) {
                judge.export(out);
            }
            return new Written(out.toString());
        }
    }
}
