package dev.calotype.app.cluster;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.collective.Gloo;
import dev.calotype.collective.Order;
import dev.calotype.collective.Place;
import dev.calotype.collective.Ranks;
import dev.calotype.drawing.SharedModel;
import dev.calotype.experiment.Experiment;
import dev.calotype.run.Training;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes part in a training that another process leads. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = {
            "Take part in: calotype train RECIPE --world N --store HOST:PORT, or sample or evaluate with the same options.",
            "What is to be done comes from there; the data set, or the model that is drawn with, is read here. Nothing is written. What the processes say to each other is not"
                    + " encrypted, and whoever reaches their ports can take part: keep them in a network of your own."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype train cifar10 --world 3 --store node1:29500     on node1",
            "  calotype worker --store node1:29500                      on node2 and node3"
        })
public final class WorkerCommand extends EngineCommand {
    static final int PATIENCE = 600;
    private static final int TOLD_EVERY = 100;

    @Option(
            names = "--store",
            paramLabel = "HOST:PORT",
            required = true,
            description = "Where the process that leads is found.")
    private String store;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description =
                    "The name or address by which the others reach this process (default: the one that leads there).")
    private String own;

    @Option(names = "--data", paramLabel = "PATH", description = "The data set, where it lies elsewhere here.")
    private String data;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description = "The model that is drawn with, where it lies elsewhere here.")
    private Path run;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, cuda, cuda:N, or auto, where it is another one here.")
    private String device;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "How long the processes wait for each other (default: " + PATIENCE + ").")
    private Integer patience;

    @Override
    protected Object execute(Console console) throws Exception {
        Duration limit = patience(patience);
        Place place = Place.of(store, Optional.ofNullable(own));
        List<String> overrides = new ArrayList<>();
        if (data != null) overrides.add("data.source=" + data);
        if (device != null) overrides.add("training.device=" + device);
        try (Ranks ranks = NativeOutput.aside(() -> Gloo.join(place, Build.of(spec()), limit))) {
            long drawn = 0;
            for (Order order = Order.take(ranks); ; order = Order.take(ranks)) {
                switch (order.what()) {
                    case Training.ORDER -> {
                        return trained(ranks, order, overrides, console);
                    }
                    case SharedModel.ORDER -> {
                        console.say("Rank %d of %d draws", ranks.rank(), ranks.world());
                        Device own = device == null ? Device.best() : Device.parse(device);
                        drawn += SharedModel.follow(ranks, order.text(), own, Optional.ofNullable(run));
                    }
                    case Order.END -> {
                        console.say("Done: %d images", drawn);
                        return new Drew(drawn);
                    }
                    default -> throw new IllegalStateException("rank 0 wants what is not known here: " + order.what());
                }
            }
        }
    }

    private static Helped trained(Ranks ranks, Order order, List<String> overrides, Console console)
            throws IOException {
        Training.Followed followed = Training.follow(ranks, order.text(), overrides, told(console, ranks));
        console.say("Done: %d steps, %d of them with this process", followed.step(), followed.own());
        return new Helped(followed.step(), followed.own(), followed.weightsHash());
    }

    /** What a program wants to know of a process that has drawn. */
    record Drew(long images) {
        @Override
        public String toString() {
            return String.valueOf(images);
        }
    }

    /** What a program wants to know of it. */
    record Helped(long step, long own, String weights) {
        @Override
        public String toString() {
            return weights;
        }
    }

    /** @throws IllegalArgumentException if it is not in 1..86400 */
    static Duration patience(Integer seconds) {
        int given = seconds == null ? PATIENCE : seconds;
        if (given < 1 || given > 86_400)
            throw new IllegalArgumentException("--patience must be in 1..86400 seconds: " + given);
        return Duration.ofSeconds(given);
    }

    private static Training.Following told(Console console, Ranks ranks) {
        return new Training.Following() {
            @Override
            public void started(Experiment experiment, Placement placement) {
                console.say(
                        "Rank %d of %d trains %s on %s, data %s",
                        ranks.rank(),
                        ranks.world(),
                        experiment.name(),
                        placement,
                        experiment.data().source());
            }

            @Override
            public void step(StepReport report) {
                if (report.step() % TOLD_EVERY == 0) console.say("step %d  loss %.4f", report.step(), report.loss());
            }
        };
    }
}
