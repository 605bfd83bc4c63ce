package dev.calotype.judge;

import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.metric.Comparison;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.restore.GaussianBlur;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.ShuffledSquares;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rooms that are damaged more and more, by which a judge is judged: whatever it says of them has to get worse from rung to
 * rung.
 *
 * @param rungs from the least damage to the most
 */
public record RoomLadder(String name, List<Rung> rungs) {
    private static final int BATCH = 50;

    private static final RoomLadder WHOLE = new RoomLadder("none", List.of(new Rung("", (x, rng) -> x)));
    private static final RoomLadder NOISE = ladder(
            "noise, deviation", (x, rng, s) -> Tensors.combine(1, x, s, rng.normalLike(x)), 0.05, 0.1, 0.2, 0.4, 0.8);
    private static final RoomLadder BLUR =
            ladder("blur, pixels", (x, rng, s) -> new GaussianBlur(s).apply(x), 0.5, 1, 2, 4, 8);
    private static final RoomLadder JPEG =
            ladder("JPEG, quality", (x, rng, s) -> new JpegNoise((int) s).add(x, rng), 90, 50, 25, 10, 5, 1);
    private static final RoomLadder SHUFFLED = ladder(
            "squares of 4 x 4 exchanged, share",
            (x, rng, s) -> new ShuffledSquares(4, s).apply(x, rng),
            0.05,
            0.1,
            0.25,
            0.5,
            1);
    private static final RoomLadder MIXED =
            ladder("another room on top, share", RoomLadder::blended, 0.1, 0.2, 0.3, 0.4, 0.5);
    private static final RoomLadder OTHERS =
            ladder("noise among the rooms, share", RoomLadder::replaced, 0.05, 0.1, 0.25, 0.5, 1);
    private static final RoomLadder STRANGE = new RoomLadder(
            "no room",
            List.of(
                    new Rung("normal noise", (x, rng) -> rng.normalLike(x)),
                    new Rung("uniform noise", (x, rng) -> unit(rng.uniform(Tensors.shape(x)))),
                    new Rung("grey noise", (x, rng) -> rng.normal(x.size(0), 1, x.size(2), x.size(3))
                            .expand(Tensors.shape(x))),
                    new Rung(
                            "smooth noise",
                            (x, rng) -> Tensors.scale(6, new GaussianBlur(x.size(2) / 12.0).apply(rng.normalLike(x)))),
                    new Rung("plain", (x, rng) -> unit(rng.uniform(x.size(0), 3, 1, 1))
                            .expand(Tensors.shape(x))),
                    new Rung("gradients", RoomLadder::gradients),
                    new Rung("pixels shuffled", (x, rng) -> new ShuffledSquares(1, 1).apply(x, rng))));

    public RoomLadder {
        rungs = List.copyOf(rungs);
    }

    /** A damage: fp32 (N, 3, S, S) in [-1, 1] to the same. */
    @FunctionalInterface
    private interface Damage {
        Tensor of(Tensor rooms, Rng rng);
    }

    /** A strength of a damage, and how it is called. */
    public record Rung(String strength, Damage damage) {
        private Rung(double strength, Damage damage) {
            this(strength == Math.rint(strength) ? String.valueOf((long) strength) : String.valueOf(strength), damage);
        }
    }

    /**
     * What a judge says of the pictures of a rung against as many undamaged rooms of the other split.
     *
     * @param precision share of them that lie among real ones
     * @param coverage share of the real ones that have one of them as a neighbour
     * @param shown share of the values of attributes that are seen at least once
     * @param room how much of a room they are on average, 0..1
     */
    public record Verdict(
            String ladder, String strength, double fid, double precision, double coverage, double shown, double room) {}

    /** A ladder of one rung: rooms as they are. */
    public static RoomLadder whole() {
        return WHOLE;
    }

    /** Ladders that end in what is hardly a room. */
    public static List<RoomLadder> all() {
        return List.of(NOISE, BLUR, JPEG, SHUFFLED, MIXED, OTHERS);
    }

    /** Pictures that are no rooms at all, in no order. */
    public static RoomLadder strange() {
        return STRANGE;
    }

    @FunctionalInterface
    private interface Graded {
        Tensor of(Tensor rooms, Rng rng, double strength);
    }

    private static RoomLadder ladder(String name, Graded damage, double... strengths) {
        List<Rung> rungs = new ArrayList<>();
        for (double strength : strengths) rungs.add(new Rung(strength, (x, rng) -> damage.of(x, rng, strength)));
        return new RoomLadder(name, rungs);
    }

    private static Tensor unit(Tensor uniform) {
        return uniform.mul(new Scalar(2)).sub(new Scalar(1));
    }

    private static Tensor gradients(Tensor x, Rng rng) {
        Tensor ends = unit(rng.uniform(x.size(0), 6, 1, 1)); // two colours each
        Tensor ramp = torch.linspace(new Scalar(0), new Scalar(1), x.size(2)).reshape(1, 1, x.size(2), 1);
        Tensor from = ends.narrow(1, 0, 3);
        return from.add(ends.narrow(1, 3, 3).sub(from).mul(ramp)).expand(Tensors.shape(x));
    }

    private static Tensor blended(Tensor x, Rng rng, double share) {
        int count = (int) x.size(0);
        int[] next = new int[count];
        for (int i = 0; i < count; i++) next[i] = (i + 1) % count;
        return Tensors.combine(1 - share, x, share, x.index_select(0, Tensors.of(next)));
    }

    /** The first pictures of a batch are noise. */
    private static Tensor replaced(Tensor x, Rng rng, double share) {
        long strange = Math.round(share * x.size(0));
        Tensor noise = rng.normalLike(x.narrow(0, 0, strange));
        return strange == x.size(0) ? noise : Tensors.cat(0, noise, x.narrow(0, strange, x.size(0) - strange));
    }

    /**
     * What a judge says of every rung of every ladder, in their order.
     *
     * @param size of the rooms in pixels
     * @param count of the damaged rooms, and of the undamaged ones that they are compared with, at least 50
     */
    public static List<Verdict> climb(
            List<RoomLadder> ladders, RoomsJudge network, int size, int count, Progress progress) {
        Check.range("count", count, BATCH, 100_000);
        Judge judge = new Judge(network, lenient(), Progress.SILENT);
        Preparation preparation = new Preparation(size, 3, Preparation.Flip.NONE);
        Side real = side(judge, count);
        PixelBatches.real(Rooms.test(size), preparation, count, BATCH, Progress.SILENT)
                .forEach(real::add);
        List<Step> steps = new ArrayList<>();
        for (RoomLadder ladder : ladders)
            for (Rung rung : ladder.rungs()) steps.add(new Step(ladder.name(), rung, side(judge, count)));
        Rng rng = Rng.of(0);
        PixelBatches.real(Rooms.train(size), preparation, count, BATCH, progress)
                .forEach(pixels -> {
                    Tensor rooms = Images.ofPixels(pixels);
                    for (Step step : steps)
                        Scope.run(() -> step.seen()
                                .add(Images.toPixels(step.rung().damage().of(rooms, rng))));
                });
        return steps.stream().map(step -> step.verdict(network, real)).toList();
    }

    /** A rung and what was seen of it. */
    private record Step(String ladder, Rung rung, Side seen) {
        Verdict verdict(RoomsJudge network, Side real) {
            Comparison comparison = Comparison.of(real.features(), seen.features());
            return new Verdict(
                    ladder,
                    rung.strength(),
                    comparison.fid().value(),
                    comparison.manifold().precision(),
                    comparison.manifold().coverage(),
                    seen.modes(real).number("coverage"),
                    network.room(seen.features().statistics().mean()));
        }
    }

    private static Side side(Judge judge, int count) {
        return new Side(judge, count, new Side.Role(true, false, true, false, false));
    }

    private static EvaluationProtocol lenient() {
        EvaluationProtocol standard = EvaluationProtocol.standard();
        return new EvaluationProtocol(
                standard.neighbours(), standard.capacity(), standard.seed(), EvaluationProtocol.SmallSets.ALLOW);
    }
}
