package dev.calotype.app.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures a work, alone or against its peers. */
public final class Bench {
    private static final Logger LOG = LoggerFactory.getLogger(Bench.class);
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    /**
     * What is to be measured.
     *
     * @param peers that race, by the names of {@link WorkName#peers}; empty for none
     * @param pairs units of each
     * @param iterations of a unit; 0 for as many as take us half a second
     * @param python the interpreter of the peers; empty to look for one
     */
    public record Request(
            WorkName work, BenchSettings settings, List<String> peers, int pairs, int iterations, String python) {
        public Request {
            peers = List.copyOf(peers);
            for (String peer : peers)
                if (!work.peers().contains(peer))
                    throw new IllegalArgumentException(
                            "a peer must be one of " + String.join(", ", work.peers()) + ": " + peer);
            new Race.Plan(pairs, iterations, PATIENCE);
        }
    }

    private Bench() {}

    /**
     * Measures every case of the work.
     *
     * @param say told what is going on
     * @throws IOException if ours cannot be measured; what goes wrong with a peer stands in the report
     */
    public static BenchReport run(Request request, Consumer<String> say) throws IOException {
        Peers peers = new Peers(request.python());
        return run(request, name -> peers.command(request.work(), name), say);
    }

    static BenchReport run(Request request, Function<String, PeerCommand> commands, Consumer<String> say)
            throws IOException {
        Machine machine = Machine.here();
        List<BenchReport.Case> cases = new ArrayList<>();
        for (WorkName.Maker maker : request.work().cases(request.settings())) {
            Path folder = Files.createTempDirectory("calotype-bench-");
            Thread interrupted = new Thread(() -> delete(folder), "calotype-bench-cleanup");
            Runtime.getRuntime().addShutdownHook(interrupted);
            try (Work work = maker.make()) {
                cases.add(measure(request, work, folder, commands, say));
            } finally {
                delete(folder);
            }
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
        String name = request.work().name().toLowerCase(Locale.ROOT);
        return new BenchReport(
                name, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), machine, cases);
    }

    private static BenchReport.Case measure(
            Request request, Work work, Path folder, Function<String, PeerCommand> commands, Consumer<String> say)
            throws IOException {
        Work.Description description = work.description();
        say.accept("measuring " + description.settings());
        Race race = new Race(work, folder, new Race.Plan(request.pairs(), request.iterations(), PATIENCE), say);
        BenchReport.Side alone = race.alone();
        List<BenchReport.Entry> entries = new ArrayList<>();
        for (String peer : request.peers()) {
            BenchReport.Entry entry = race.against(commands.apply(peer));
            say.accept(entry.toString());
            entries.add(entry);
        }
        return new BenchReport.Case(description.unit(), description.settings(), alone, entries);
    }

    /** Deletes what can be deleted: after an interruption a peer may still be writing. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} is left behind", folder, e);
        }
    }
}
