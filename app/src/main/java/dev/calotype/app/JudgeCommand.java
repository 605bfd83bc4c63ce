package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.ServesJudges;
import dev.calotype.io.OutputFile;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.RoomLadder;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        subcommands = {JudgeCommand.Accuracy.class, JudgeCommand.Ladders.class, JudgeCommand.Export.class})
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
        protected Object execute(Console console) throws Exception {
            if (count < 1) throw new IllegalArgumentException("-n must be at least 1: " + count);
            try (RoomsJudge judge = judge(network)) {
                return new Read(judge.accuracy(count, console));
            }
        }
    }

    private static RoomsJudge judge(String network) throws IOException {
        if (!network.equals("rooms") && !network.startsWith("rooms:"))
            throw new IllegalArgumentException("only rooms or rooms:FILE reads attributes: " + network);
        return (RoomsJudge) FeatureNetworks.open(network, Device.CPU);
    }

    /** Asks whether what is worse is judged worse. */
    @Command(
            name = "ladders",
            mixinStandardHelpOptions = true,
            description = "Judge rooms that are damaged more and more, and pictures that are none.",
            footerHeading = "%nExamples:%n",
            footer = {"  calotype judge ladders", "  calotype judge ladders -n 1000 --size 64 --json"})
    static final class Ladders extends EngineCommand {
        @Option(names = "--network", paramLabel = "NAME", defaultValue = "rooms", description = "rooms or rooms:FILE.")
        private String network;

        @Option(
                names = "-n",
                paramLabel = "N",
                defaultValue = "500",
                description = "Rooms of each kind, at least 50; default: ${DEFAULT-VALUE}.")
        private int count;

        @Option(
                names = "--size",
                paramLabel = "PX",
                defaultValue = "32",
                description = "Of the rooms, 32 to 256; default: ${DEFAULT-VALUE}.")
        private int size;

        @Override
        protected Object execute(Console console) throws Exception {
            if (count < 50) throw new IllegalArgumentException("-n must be at least 50: " + count);
            List<RoomLadder> ladders = new ArrayList<>(List.of(RoomLadder.whole()));
            ladders.addAll(RoomLadder.all());
            ladders.add(RoomLadder.strange());
            try (RoomsJudge judge = judge(network)) {
                return new Climbed(judge.hash(), size, count, RoomLadder.climb(ladders, judge, size, count, console));
            }
        }
    }

    /** What the judge of that hash said of every rung. */
    record Climbed(String hash, int size, int images, List<RoomLadder.Verdict> verdicts) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    "| damage | | FID | precision | coverage of neighbours | values shown | of a room |\n|---|---:|---:|---:|---:|---:|---:|");
            for (RoomLadder.Verdict v : verdicts)
                text.append(String.format(
                        Locale.ROOT,
                        "%n| %s | %s | %.2f | %.3f | %.3f | %.1f %% | %.1f %% |",
                        v.ladder(),
                        v.strength(),
                        v.fid(),
                        v.precision(),
                        v.coverage(),
                        100 * v.shown(),
                        100 * v.room()));
            return text.toString();
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
        protected Object execute(Console console) throws Exception {
            OutputFile.require(out, OutputFile.Existing.REPLACE);
            Placement placement = new Placement(Device.CPU, Precision.FP32);
            try (ServesJudges judge = TrainedFile.open(run, Capability.SERVES_JUDGES, placement)) {
                judge.export(out);
            }
            return new Written(out.toString());
        }
    }
}
