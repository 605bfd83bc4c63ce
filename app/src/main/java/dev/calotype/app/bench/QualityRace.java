package dev.calotype.app.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How good pictures get in the same seconds by two builds: each trains a recipe of its own, and the newer one judges the pictures
 * of both. The newer one also trains for parts of the seconds, to find how soon it is as good as the older one at the end.
 */
public final class QualityRace {
    /**
     * What to do.
     *
     * @param ours the commit whose seconds are asked about
     * @param against the commit that it is compared with
     * @param recipe the name of a recipe that both have
     * @param seconds of each training
     * @param parts shares of the seconds for which ours trains besides, each in (0, 1)
     * @param seeds how many trainings of each
     * @param images drawn of each model and judged
     */
    public record Request(
            String ours, String against, String recipe, double seconds, List<Double> parts, int seeds, int images) {
        public Request {
            parts = parts.stream().sorted().toList();
            if (!(seconds >= 1 && seconds <= 1e6))
                throw new IllegalArgumentException("seconds must be in 1..1000000: " + seconds);
            for (double part : parts)
                if (!(part > 0 && part < 1))
                    throw new IllegalArgumentException("every part must be above 0 and below 1: " + part);
            if (seeds < 1 || seeds > 100) throw new IllegalArgumentException("seeds must be in 1..100: " + seeds);
            if (images < 64 || images > 1_000_000)
                throw new IllegalArgumentException("images must be in 64..1000000: " + images);
        }
    }

    /**
     * One training and its judgement.
     *
     * @param part the share of the seconds for which it trained
     * @param fid in the features of the recipe's judge
     * @param scattering the FID of fixed wavelets, which know nothing of the data
     */
    public record Row(String commit, int seed, double part, long steps, double fid, double recall, double scattering) {}

    /**
     * What came out.
     *
     * @param fidRatio ours over theirs after all the seconds, the geometric mean over seeds
     * @param scatteringRatio the same of the wavelets
     * @param shareToQuality the share of the seconds after which ours is as good as theirs at the end, between the parts that were
     *     trained; null if it is not after all of them
     */
    public record Result(
            Request request, List<Row> rows, double fidRatio, double scatteringRatio, Double shareToQuality) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%-12s %4s %8s %6s %8s %7s %11s%n",
                    "commit",
                    "seed",
                    "seconds",
                    "steps",
                    "FID",
                    "recall",
                    "scattering"));
            for (Row row : rows)
                text.append(String.format(
                        Locale.ROOT,
                        "%-12s %4d %8.0f %6d %8.3f %7.3f %11.4f%n",
                        row.commit,
                        row.seed,
                        row.part * request.seconds,
                        row.steps,
                        row.fid,
                        row.recall,
                        row.scattering));
            text.append(String.format(
                    Locale.ROOT,
                    "FID ratio after %.0f s: %.3f (scattering %.3f); below 1 is better%n",
                    request.seconds,
                    fidRatio,
                    scatteringRatio));
            return text.append(
                            shareToQuality == null
                                    ? "As good as the other: not within the seconds"
                                    : String.format(
                                            Locale.ROOT,
                                            "As good as the other at its end: after %.0f %% of its seconds",
                                            100 * shareToQuality))
                    .toString();
        }
    }

    private final Request request;
    private final Path work;
    private final Consumer<String> told;

    private QualityRace(Request request, Path work, Consumer<String> told) {
        this.request = request;
        this.work = work;
        this.told = told;
    }

    /**
     * Checks both commits out, builds them, and lets them train in turns.
     *
     * @param repository a git checkout
     * @param work an empty folder for the checkouts, the runs and their pictures; the last two are left there
     * @throws IOException if a commit is not there, cannot be built, or one of its commands fails
     */
    public static Result run(Request request, Path repository, Path work, Consumer<String> told)
            throws IOException, InterruptedException {
        try (Checkout ours = Checkout.of(repository, request.ours(), work.resolve("ours"));
                Checkout theirs = Checkout.of(repository, request.against(), work.resolve("theirs"))) {
            return new QualityRace(request, work, told).race(ours, theirs);
        }
    }

    private Result race(Checkout ours, Checkout theirs) throws IOException, InterruptedException {
        for (Checkout side : List.of(theirs, ours)) {
            told.accept("Building " + side.commit());
            side.call(List.of("doctor"));
        }
        List<Row> rows = new ArrayList<>();
        for (int seed = 0; seed < request.seeds(); seed++) {
            List<Turn> turns = new ArrayList<>(List.of(new Turn(theirs, seed, 1), new Turn(ours, seed, 1)));
            for (double part : request.parts()) turns.add(new Turn(ours, seed, part));
            if (seed % 2 == 1) Collections.reverse(turns); // what comes first is not always the same side
            for (Turn turn : turns) rows.add(play(turn, ours));
        }
        return result(request, rows, ours.commit(), theirs.commit());
    }

    private record Turn(Checkout side, int seed, double part) {}

    private Row play(Turn turn, Checkout judge) throws IOException, InterruptedException {
        Path folder = work.resolve(
                String.format(Locale.ROOT, "%s-s%d-p%.3f", turn.side().commit(), turn.seed(), turn.part()));
        told.accept("Training " + folder.getFileName());
        double minutes = turn.part() * request.seconds() / 60;
        JsonNode trained = turn.side()
                .call(List.of(
                        "train",
                        request.recipe(),
                        "--out",
                        folder.toString(),
                        "--set",
                        "training.minutes=" + minutes,
                        "--set",
                        "training.steps=0",
                        "--set",
                        "seed=" + turn.seed()));
        Path pictures = folder.resolve("pictures");
        String images = String.valueOf(request.images());
        turn.side().call(List.of("sample", trained.path("run").asText(), "-n", images, "--out", pictures.toString()));
        JsonNode judged = judge(judge, pictures, "");
        JsonNode wavelets = judge(judge, pictures, "scattering");
        Row row = new Row(
                turn.side().commit(),
                turn.seed(),
                turn.part(),
                trained.path("step").asLong(),
                judged.path("fid").asDouble(Double.NaN),
                judged.path("recall").asDouble(Double.NaN),
                wavelets.path("fid").asDouble(Double.NaN));
        Files.writeString(folder.resolve("row.txt"), row.toString());
        told.accept(String.format(
                Locale.ROOT, "%s: FID %.3f, scattering %.4f", folder.getFileName(), row.fid, row.scattering));
        return row;
    }

    /** By the network, or by the one that evaluate takes by itself. */
    private JsonNode judge(Checkout judge, Path pictures, String network) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate",
                pictures.toString(),
                "--against",
                "rooms:test",
                "-n",
                String.valueOf(request.images()),
                "--network",
                network.isEmpty() ? "rooms" : network));
        if (request.images() < 1000) arguments.add("--allow-few");
        return judge.call(arguments);
    }

    static Result result(Request request, List<Row> rows, String ours, String theirs) {
        List<Row> old = rows.stream().filter(row -> row.commit.equals(theirs)).toList();
        List<Row> whole = of(rows, ours, 1);
        double target = logMean(old.stream().map(Row::fid));
        double scattering = logMean(old.stream().map(Row::scattering));
        List<double[]> course = new ArrayList<>();
        Stream.concat(request.parts().stream(), Stream.of(1.0))
                .forEach(part -> course.add(new double[] {
                    part, logMean(of(rows, ours, part).stream().map(Row::fid))
                }));
        OptionalDouble reached = reached(course, target);
        return new Result(
                request,
                rows.stream()
                        .sorted(Comparator.comparing(Row::commit)
                                .thenComparing(Row::part)
                                .thenComparing(Row::seed))
                        .toList(),
                Math.exp(logMean(whole.stream().map(Row::fid)) - target),
                Math.exp(logMean(whole.stream().map(Row::scattering)) - scattering),
                reached.isPresent() ? reached.getAsDouble() : null);
    }

    private static List<Row> of(List<Row> rows, String commit, double part) {
        return rows.stream()
                .filter(row -> row.commit.equals(commit) && row.part == part)
                .toList();
    }

    private static double logMean(Stream<Double> values) {
        return values.mapToDouble(Math::log).average().orElse(Double.NaN);
    }

    /**
     * The first share at which a course of (share, log score) comes down to the target, in a line between its points; the first
     * point's share if it is below already.
     */
    static OptionalDouble reached(List<double[]> course, double target) {
        for (int i = 0; i < course.size(); i++) {
            double[] now = course.get(i);
            if (!(now[1] <= target)) continue;
            if (i == 0) return OptionalDouble.of(now[0]);
            double[] before = course.get(i - 1);
            return OptionalDouble.of(before[0] + (now[0] - before[0]) * (before[1] - target) / (before[1] - now[1]));
        }
        return OptionalDouble.empty();
    }
}
