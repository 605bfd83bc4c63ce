package dev.calotype.model.dit;

import dev.calotype.model.UNet.Ports;
import dev.calotype.model.dit.DitConfig.Positions;
import dev.calotype.model.hint.HintEncoder;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.tensor.Precision;

/**
 * How many weights a {@link DiffusionTransformer} has and how much memory it takes, counted without building one.
 *
 * @param side of its maps
 */
public record DitFootprint(DitConfig config, Ports ports, int side, Precision precision) {
    private static final int STREAM = 9; // tokens that a block keeps for its backward pass, besides scores and the MLP
    private static final int AGAIN =
            5; // that a second attention keeps: queries, keys, values, what it says, and its result
    private static final int HIDDEN = 2; // that its MLP keeps, of its own width
    private static final int PASSING = 6; // tokens at once where nothing is kept
    private static final int SCORES_IN_USE = 3;

    private long width() {
        return config.width();
    }

    /** Tokens of a picture. */
    private long places() {
        long rows = side / config.patch();
        return rows * rows;
    }

    /** The number of weights. */
    public long weights() {
        long d = width(), area = (long) config.patch() * config.patch();
        long in = ports.in() + ports.hints().picture();
        long sum = linear(area * in, d) + linear(DitTime.SIGNAL, d) + linear(d, d) + d * ports.classes();
        sum += HintEncoder.weights(ports.hints(), d) + linear(d, 2 * d) + linear(d, area * ports.out());
        if (config.positions() == Positions.LEARNED) sum += places() * d;
        for (int i = 0; i < config.depth(); i++)
            sum += block(config.text(i, ports.hints().attended()));
        return sum;
    }

    private long block(Text text) {
        long d = width(), norms = norms();
        long own = stream();
        return own
                + switch (text) {
                    case NONE, SINGLE -> 0;
                    case JOINT -> own;
                    case JOINT_LAST -> linear(d, 2 * d) + linear(d, 3 * d) + norms;
                    case ONE_SIDED -> linear(d, 2 * d) + norms / 2;
                };
    }

    private long stream() {
        long d = width(), hidden = config.mlp() * d;
        return linear(d, 6 * d) + attention() + linear(d, hidden) + linear(hidden, d);
    }

    private long attention() {
        return linear(width(), 3 * width()) + linear(width(), width()) + norms();
    }

    /** Weights of the normalisations of queries and keys. */
    private long norms() {
        return config.norm() == QueryKeyNorm.NONE ? 0 : 2 * width() / config.heads();
    }

    private static long linear(long in, long out) {
        return (in + 1) * out;
    }

    /** Tokens that pass through layers, and those that are attended to. */
    private long length() {
        return places() + ports.hints().attended();
    }

    private long scores() {
        return precision == Precision.BF16 ? config.heads() * length() * length() : 0;
    }

    /** The most bytes that the results and weight gradients of a step with {@code images} images take at once. */
    public long step(int images, Recomputation.Policy policy) {
        long values = values(width() * length(), scores(), config.mlp(), config.depth(), policy);
        return precision.bytes() * (values * images + weights());
    }

    /**
     * The most values that the results of a step of Stable Diffusion 3's transformer are at once, for each picture.
     *
     * @param length tokens of the picture and its text
     */
    public static long step(LatentTransformerConfig config, long length, Recomputation.Policy policy) {
        long token = config.width() * length, scores = config.heads() * length * length;
        long again = AGAIN * token + scores; // of a block that attends twice
        int blocks = policy == Recomputation.Policy.ALWAYS ? Math.min(1, config.twice()) : config.twice();
        return values(token, scores, LatentTransformer.HIDDEN, config.depth(), policy) + blocks * again;
    }

    private static long values(long token, long scores, int mlp, int depth, Recomputation.Policy policy) {
        long kept = (STREAM + (long) HIDDEN * mlp) * token + scores;
        long working = (PASSING + mlp) * token + SCORES_IN_USE * scores;
        long held = policy == Recomputation.Policy.ALWAYS ? depth * token + kept : depth * kept;
        return held + working;
    }

    /** The most bytes that the results of a forward pass without gradients take at once. */
    public long inference(int images) {
        long token = width() * length();
        long passing = Math.max(PASSING, 2L + config.mlp()) * token + 2 * scores();
        return precision.bytes() * (passing + 2 * token) * images;
    }
}
