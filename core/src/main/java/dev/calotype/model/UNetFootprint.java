package dev.calotype.model;

import dev.calotype.model.UNet.Config;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.model.UNetVariant.Middle.Kind;
import dev.calotype.model.hint.HintEncoder;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.nn.transformer.SpatialTransformer;
import dev.calotype.tensor.Precision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * How much memory a {@link UNet} takes, counted without building one: a walk over the stages in the order in which they
 * are computed. Which results a layer keeps for its backward pass is listed where it is counted.
 */
public final class UNetFootprint {
    /**
     * One stage.
     *
     * @param input elements per image that the stage gets and that no earlier stage got
     * @param output elements per image that it gives
     * @param kept elements per image kept for the backward pass
     * @param scores elements per image of attention weights, which some kernels keep
     * @param widest elements per image of its largest tensor
     * @param passing elements per image that it makes at once, its output included, where nothing is kept
     */
    private record Piece(long weights, long input, long output, long kept, long scores, long widest, long passing) {
        Piece then(Piece next) {
            return new Piece(
                    weights + next.weights,
                    input,
                    next.output,
                    kept + next.kept,
                    scores + next.scores,
                    Math.max(widest, next.widest),
                    Math.max(passing, output + next.passing));
        }

        /** This as a stage of the way up, which gets {@code below} from the stage before and joins it with a skip. */
        Piece joining(long below) {
            return new Piece(weights, below, output, kept, scores, widest, input + passing);
        }
    }

    private static final int RESULTS_IN_USE = 4; // tensors as large as the largest that a backward pass handles at once
    private static final int SCORES_IN_USE = 3;
    private static final int TRANSFORMER = 12; // maps that a transformer block keeps besides those of its attention

    private final Config config;
    private final List<UNetVariant.Level> levels;
    private final Ports ports;
    private final Precision precision;
    private final List<Piece> pieces = new ArrayList<>();
    private int down; // pieces whose outputs wait for the way up
    private long pixels;

    /** @param size pixels per side of an image */
    public UNetFootprint(Config config, Ports ports, int size, Precision precision) {
        this.config = config;
        levels = config.levels();
        this.ports = ports;
        this.precision = precision;
        pixels = (long) size * size / (config.patch() * config.patch());
        int now = walkDown();
        Deque<Integer> skips = skips();
        pieces.add(middle(now));
        now = walkUp(now, skips);
        long in = now * pixels;
        int outs = config.folded(ports.out());
        long out = outs * pixels;
        pieces.add(new Piece(2L * now + conv(now, outs, 3), in, out, 3 * in, 0, in, convolving(in, out)));
    }

    /** The channels of the results that the way up takes in, last first. */
    private Deque<Integer> skips() {
        Deque<Integer> skips = new ArrayDeque<>();
        skips.push(config.channels());
        for (int k = 0; k < levels.size(); k++)
            for (int i = 0; i < config.blocks() + (k == levels.size() - 1 ? 0 : 1); i++)
                skips.push(levels.get(k).width());
        return skips;
    }

    private int walkDown() {
        int now = config.channels();
        int ins = config.folded(ports.seen());
        long image = ins * pixels;
        long first = now * pixels;
        pieces.add(new Piece(conv(ins, now, 3), image, first, image, 0, first, convolving(image, first)));
        for (int k = 0; k < levels.size(); k++) {
            UNetVariant.Level level = levels.get(k);
            for (int i = 0; i < config.blocks(); i++) {
                pieces.add(attending(block(now, level.width(), 1), level.width(), level.down()));
                now = level.width();
            }
            if (k == levels.size() - 1) break;
            if (level.downBy() == Resampling.RESIDUAL) pieces.add(block(now, now, 0.25));
            else {
                long in = now * pixels;
                pieces.add(new Piece(conv(now, now, 3), in, in / 4, in, 0, in, convolving(in, in / 4) - in));
            }
            pixels /= 4;
        }
        down = pieces.size();
        return now;
    }

    private int walkUp(int bottom, Deque<Integer> skips) {
        int now = bottom;
        for (int k = levels.size() - 1; k >= 0; k--) {
            UNetVariant.Level level = levels.get(k);
            for (int i = 0; i <= config.blocks(); i++) {
                long below = now * pixels; // the skip was counted on the way down
                Piece piece = attending(block(now + skips.pop(), level.width(), 1), level.width(), level.up())
                        .joining(below);
                now = level.width();
                if (k > 0 && i == config.blocks()) {
                    piece = piece.then(ascent(now, level.upBy()));
                    pixels *= 4;
                }
                pieces.add(piece);
            }
        }
        return now;
    }

    private Piece middle(int width) {
        long in = width * pixels;
        if (config.variant().middle().kind() == Kind.NONE) return new Piece(0, in, in, 0, 0, in, in); // a copy
        Piece entry = block(width, width, 1);
        boolean attends = config.variant().middle().kind() == Kind.ATTENTION;
        return (attends ? entry.then(attention(width)) : entry).then(block(width, width, 1));
    }

    private UNetVariant.Level coarsest() {
        return levels.get(levels.size() - 1);
    }

    private Piece ascent(int width, Resampling by) {
        if (by == Resampling.RESIDUAL) return block(width, width, 4);
        long out = 4 * width * pixels;
        return new Piece(conv(width, width, 3), width * pixels, out, out, 0, out, convolving(out, out));
    }

    private Piece attending(Piece piece, int width, Blocks blocks) {
        return blocks == Blocks.ATTENTION ? piece.then(attention(width)) : piece;
    }

    /** @param scale of the number of pixels by the block */
    private Piece block(int in, int out, double scale) {
        boolean scaleShift = config.conditioning() == Conditioning.SCALE_SHIFT;
        long before = in * pixels;
        long after = (long) (out * pixels * scale);
        long resampled = (long) (in * pixels * scale);
        long kept = 2 * before + resampled; // what norm and activation get, what the convolution gets
        kept += after * (3 + (scaleShift ? 1 : 0) + (config.dropout() > 0 ? 2 : 0));
        if (scale < 1) kept += 2 * before; // what the averages get
        if (in != out && precision == Precision.BF16)
            kept += resampled; // the skip connection's, in a layout of its own
        long projected = (scaleShift ? 2L : 1L) * out;
        long weights = 2L * in + conv(in, out, 3) + (config.embedding() + 1L) * projected;
        weights += 2L * out + conv(out, out, 3) + (in == out ? 0 : conv(in, out, 1));
        long enter = convolving(resampled, after) + (scale == 1 ? 0 : before);
        long leave = after + convolving(after, after) + (scaleShift ? 0 : after);
        long join = 2 * after + (scale == 1 ? 0 : resampled) + (in == out ? 0 : after);
        long passing = Math.max(Math.max(enter, leave), join);
        return new Piece(weights, before, after, kept, 0, Math.max(Math.max(before, resampled), after), passing);
    }

    /** Elements that a convolution has in hand. */
    private static long convolving(long in, long out) {
        return in + out;
    }

    private Piece attention(int width) {
        long in = width * pixels;
        long scores = precision == Precision.BF16 ? config.heads(width) * pixels * pixels : 0;
        long kept = in * (precision == Precision.BF16 ? 6 : 7); // norm's, qkv's (1), attention's (3, 4), projection's
        long weights = 2L * width + conv(width, 3 * width, 1) + conv(width, width, 1);
        long passing = Math.max(Math.max(convolving(in, 3 * in), 6 * in), 4 * in + 2 * scores);
        if (ports.hints().attended() == 0) return new Piece(weights, in, in, kept, scores, 3 * in, passing);
        long told = SpatialTransformer.weights(width, config.embedding());
        long more = kept + TRANSFORMER * in; // norms', query's, what is attended to, the MLP's
        return new Piece(told, in, in, more, scores, 3 * in, passing);
    }

    private static long conv(long in, long out, int kernel) {
        return in * out * kernel * kernel + out;
    }

    /** The number of weights. */
    public long weights() {
        UNetVariant.Time time = config.variant().time();
        long embedding = config.embedding();
        long perceptron = (config.signal() + 1) * embedding + (embedding + 1) * embedding;
        boolean numbers = time.labels() == UNetVariant.Labels.LIKE_TIME && ports.classes() > 0;
        long sum = perceptron + (numbers ? perceptron : ports.classes() * embedding);
        sum += HintEncoder.weights(ports.hints(), embedding);
        if (time.signal() == UNetVariant.Signal.FOURIER) sum += config.channels();
        sum += (long) time.steps() * config.channels();
        if (ports.hints().attended() == 0
                && config.variant().middle().groups() == 0
                && config.variant().middle().kind() == Kind.ATTENTION)
            sum -= 2L * coarsest().width();
        for (Piece piece : pieces) sum += piece.weights;
        return sum;
    }

    /** The most bytes that the results and weight gradients of a step with {@code images} images take at once. */
    public long step(int images, Recomputation.Policy policy) {
        long gradients = weights(), held = 0, most = 0;
        for (Piece piece : pieces) {
            gradients -= piece.weights;
            long working = RESULTS_IN_USE * piece.widest + SCORES_IN_USE * piece.scores;
            if (policy == Recomputation.Policy.ALWAYS) {
                held += piece.input;
                working += piece.kept + piece.scores;
            } else held += piece.kept + piece.scores;
            most = Math.max(most, (held + working) * images + gradients);
        }
        return precision.bytes() * Math.max(most, weights());
    }

    /** The most bytes that the results of a forward pass without gradients take at once. */
    public long inference(int images) {
        Deque<Long> skips = new ArrayDeque<>();
        long waiting = 0, most = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (i > down) waiting += piece.input; // what the stage before gave
            most = Math.max(most, waiting + piece.passing);
            if (i > down) waiting -= piece.input;
            if (i < down) {
                skips.push(piece.output);
                waiting += piece.output;
            } else if (i > down && !skips.isEmpty()) waiting -= skips.pop();
        }
        return precision.bytes() * most * images;
    }
}
