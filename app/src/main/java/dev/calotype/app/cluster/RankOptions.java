package dev.calotype.app.cluster;

import dev.calotype.app.console.Console;
import dev.calotype.collective.Gloo;
import dev.calotype.collective.Place;
import dev.calotype.collective.Ranks;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How the process that writes a training finds the others. */
public final class RankOptions {
    @Option(
            names = "--world",
            paramLabel = "N",
            description = "Work with N - 1 other processes, each started by: calotype worker --store HOST:PORT.")
    private Integer world;

    @Option(
            names = "--store",
            paramLabel = "HOST:PORT",
            description = "With --world: where the others find this process.")
    private String store;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "With --world: how long the processes wait for each other (default: " + WorkerCommand.PATIENCE
                    + ").")
    private Integer patience;

    /** Whether others are to take part. */
    public boolean given() {
        return world != null;
    }

    /**
     * How many processes there are to be, which is 1 where nothing is said.
     *
     * @throws IllegalArgumentException if an option is missing, would do nothing, or is out of its range
     */
    public int world() {
        if (world == null) {
            if (Stream.of(store, patience).anyMatch(option -> option != null))
                throw new IllegalArgumentException("--store and --patience want --world N");
            return 1;
        }
        if (world < 1 || world > Gloo.MOST)
            throw new IllegalArgumentException("--world must be in 1.." + Gloo.MOST + ": " + world);
        if (store == null) throw new IllegalArgumentException("--world wants --store HOST:PORT");
        Place.of(store, Optional.empty());
        WorkerCommand.patience(patience);
        return world;
    }

    /**
     * Waits for the others, if there are to be any; the caller closes what it gets.
     *
     * @throws IllegalArgumentException if an option is missing or would do nothing
     */
    public Ranks join(CommandSpec command, Console console) {
        int all = world();
        if (all == 1) return Ranks.ALONE;
        Place place = Place.of(store, Optional.empty());
        console.say("Waiting at %s for %d more: calotype worker --store %s", place, all - 1, place);
        return NativeOutput.aside(() -> Gloo.lead(place, all, Build.of(command), WorkerCommand.patience(patience)));
    }
}
