package dev.calotype.app.bench;

import dev.calotype.app.bench.BenchReport.Entry;
import dev.calotype.app.bench.BenchReport.Outcome;
import dev.calotype.app.bench.BenchReport.Side;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Runs a work against peers: outputs are compared first, then units of ours and theirs are run in turn, one waiting
 * while the other computes.
 */
final class Race {
    /** How much further the outputs may differ where one of the two computes in bf16. */
    static final double BF16_TOLERANCE = 0.05;

    private static final double UNIT_SECONDS = 0.5;
    private static final int MOST_ITERATIONS = 200;
    private static final double WARM_SECONDS = 1;
    private static final int SETTLE_MILLIS = 50, SETTLE_TRIES = 20;

    /**
     * How a race is run.
     *
     * @param pairs units of each
     * @param iterations of a unit; 0 for as many as take us half a second
     * @param patience how long a peer may take for one answer
     */
    record Plan(int pairs, int iterations, Duration patience) {
        Plan {
            if (pairs < 1 || pairs > 1000) throw new IllegalArgumentException("pairs must be in 1..1000: " + pairs);
            if (iterations < 0 || iterations > 10_000)
                throw new IllegalArgumentException("iterations must be in 0..10000: " + iterations);
        }
    }

    private final Work work;
    private final Path folder;
    private final Map<String, float[]> outputs;
    private final Plan plan;
    private final Consumer<String> say;
    private final int iterations;
    private final Map<String, String> versions =
            Map.of("libtorch", Machine.engineVersion(), "java", String.valueOf(Runtime.version()));

    /** Prepares the work in {@code folder}, which must be there, and warms it up. */
    Race(Work work, Path folder, Plan plan, Consumer<String> say) throws IOException {
        this.work = work;
        this.folder = folder;
        this.plan = plan;
        this.say = say;
        outputs = work.prepare(folder);
        double seconds = warm();
        iterations = plan.iterations() > 0
                ? plan.iterations()
                : (int) Math.max(1, Math.min(MOST_ITERATIONS, Math.ceil(UNIT_SECONDS / seconds)));
    }

    /** Iterates until it has taken some time, and says how long the last one took. */
    private double warm() throws IOException {
        double last = 0;
        for (double spent = 0; spent < WARM_SECONDS; spent += last) last = ours(1);
        return last;
    }

    /** Waits until a process has stopped computing: threads that wait for work look for it for a while first. */
    private static void settle(ProcessHandle process) throws IOException {
        try {
            double before = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < SETTLE_TRIES; i++) {
                double now = ProcessMemory.processorSeconds(process);
                if (now - before < SETTLE_MILLIS * 1e-3 / 2) return;
                before = now;
                Thread.sleep(SETTLE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Our units, without anybody else. */
    Side alone() throws IOException {
        double[] seconds = new double[plan.pairs()];
        ProcessMemory.ours().resetPeak();
        for (int i = 0; i < seconds.length; i++) seconds[i] = ours(iterations);
        return side(Spread.of(seconds), null);
    }

    /** Ours against one peer; whatever goes wrong with the peer is part of the answer. */
    Entry against(PeerCommand command) {
        say.accept("starting " + command.name());
        Path home = folder.resolve(command.name());
        try {
            Files.createDirectories(home);
            try (Peer peer = new Peer(command, arguments(command, home), home.resolve("log.txt"), plan.patience())) {
                return against(command, peer, peer.hello());
            }
        } catch (IOException e) {
            boolean absent = String.valueOf(e.getMessage()).startsWith("Cannot run program");
            return absent
                    ? Entry.without(
                            command.name(),
                            Outcome.MISSING,
                            missing(command.command().get(0), command),
                            null)
                    : Entry.without(command.name(), Outcome.FAILED, String.valueOf(e.getMessage()), null);
        }
    }

    private List<String> arguments(PeerCommand command, Path home) {
        List<String> arguments = new ArrayList<>();
        arguments.add("peer=" + command.name());
        arguments.add("folder=" + folder);
        arguments.add("home=" + home);
        work.description().settings().forEach((key, value) -> arguments.add(key + "=" + value));
        return arguments;
    }

    private static String missing(String what, PeerCommand command) {
        return "there is no " + what + "; " + command.install();
    }

    private Entry against(PeerCommand command, Peer peer, Peer.Hello hello) throws IOException {
        if (hello.missing() != null)
            return Entry.without(command.name(), Outcome.MISSING, missing(hello.missing(), command), null);
        if (hello.error() != null) return Entry.without(command.name(), Outcome.FAILED, hello.error(), null);
        Double difference = outputs.isEmpty() ? null : difference(hello);
        double tolerance = tolerance(hello);
        if (difference != null && !(difference <= tolerance))
            return Entry.without(
                    command.name(),
                    Outcome.REFUSED,
                    String.format(
                            Locale.ROOT,
                            "its outputs differ from ours by %.2g of their norm, more than %.2g",
                            difference,
                            tolerance),
                    difference);
        Map<Integer, Double> tried = calibrate(peer, command.threads());
        int threads = tried.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        if (threads != command.threads().get(command.threads().size() - 1)) {
            peer.threads(threads);
            peer.go(1);
        }
        say.accept(String.format(Locale.ROOT, "racing %s with %d threads", command.name(), threads));
        return run(command.name(), peer, hello, new Calibrated(difference, tried, threads));
    }

    private double tolerance(Peer.Hello hello) {
        boolean reduced = work.description().precision().equals("bf16")
                || String.valueOf(hello.precision()).equals("bf16");
        return Math.max(work.description().tolerance(), reduced ? BF16_TOLERANCE : 0);
    }

    /** The largest relative difference of the outputs; infinite where one is not there or has another length. */
    private double difference(Peer.Hello hello) throws IOException {
        if (hello.outputs() == null) throw new IOException("it has not said where its outputs are");
        Map<String, float[]> theirs = new TreeMap<>();
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.read(Path.of(hello.outputs()))
                    .tensors()
                    .forEach((name, tensor) -> theirs.put(name, Tensors.floats(tensor)));
        }
        Set<String> names = new TreeSet<>(outputs.keySet());
        names.addAll(theirs.keySet());
        double worst = 0;
        for (String name : names) worst = Math.max(worst, difference(outputs.get(name), theirs.get(name)));
        return worst;
    }

    /** |theirs - ours| / |ours|; NaN counts as infinite. */
    static double difference(float[] ours, float[] theirs) {
        if (ours == null || theirs == null || ours.length != theirs.length) return Double.POSITIVE_INFINITY;
        double square = 0, norm = 0;
        for (int i = 0; i < ours.length; i++) {
            square += ((double) theirs[i] - ours[i]) * ((double) theirs[i] - ours[i]);
            norm += (double) ours[i] * ours[i];
        }
        double relative = square == 0 ? 0 : Math.sqrt(square / norm);
        return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
    }

    /** Seconds per iteration by the number of threads, each after one iteration that does not count. */
    private Map<Integer, Double> calibrate(Peer peer, List<Integer> settings) throws IOException {
        Map<Integer, Double> tried = new TreeMap<>();
        for (int threads : settings) {
            peer.threads(threads);
            peer.go(1);
            tried.put(threads, peer.go(Math.max(2, iterations / 2)).median());
        }
        return tried;
    }

    private record Calibrated(Double difference, Map<Integer, Double> tried, int threads) {}

    private Entry run(String name, Peer peer, Peer.Hello hello, Calibrated calibrated) throws IOException {
        ProcessHandle us = ProcessHandle.current();
        double[] ours = new double[plan.pairs()], theirs = ours.clone(), ratios = ours.clone();
        double oursIdle = 0, theirsIdle = 0, oursWall = 0, theirsWall = 0;
        Long peak = null;
        ProcessMemory.ours().resetPeak();
        new ProcessMemory(peer.handle().pid()).resetPeak();
        for (int i = 0; i < ratios.length; i++) {
            settle(peer.handle());
            double before = ProcessMemory.processorSeconds(peer.handle());
            long begun = System.nanoTime();
            ours[i] = ours(iterations);
            oursWall += (System.nanoTime() - begun) * 1e-9;
            theirsIdle += ProcessMemory.processorSeconds(peer.handle()) - before;

            settle(us);
            before = ProcessMemory.processorSeconds(us);
            begun = System.nanoTime();
            Peer.Unit unit = peer.go(iterations);
            theirsWall += (System.nanoTime() - begun) * 1e-9;
            oursIdle += ProcessMemory.processorSeconds(us) - before;
            theirs[i] = unit.median();
            peak = unit.peakMb();
            ratios[i] = theirs[i] / ours[i];
        }
        return new Entry(
                name,
                Outcome.RACED,
                "",
                calibrated.difference(),
                Spread.of(ratios),
                plan.pairs(),
                side(Spread.of(ours), oursIdle / theirsWall),
                new Side(
                        Spread.of(theirs),
                        hello.precision(),
                        calibrated.threads(),
                        peak,
                        theirsIdle / oursWall,
                        hello.versions()),
                calibrated.tried());
    }

    private Side side(Spread seconds, Double idle) {
        Work.Description d = work.description();
        return new Side(
                seconds,
                d.precision(),
                d.threads(),
                ProcessMemory.ours().peakMb().orElse(null),
                idle,
                versions);
    }

    /** The median of the seconds of some iterations. */
    private double ours(int count) throws IOException {
        double[] seconds = new double[count];
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            work.iterate();
            seconds[i] = (System.nanoTime() - begun) * 1e-9;
        }
        return Spread.of(seconds).median();
    }
}
