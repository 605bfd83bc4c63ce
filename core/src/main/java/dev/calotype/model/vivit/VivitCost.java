package dev.calotype.model.vivit;

import dev.calotype.model.NetworkCost;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;

/**
 * What a {@link Vivit} has and what a clip costs it, counted from its shape.
 *
 * @param network parameters and multiply-adds, part by part
 * @param others additions, multiplications, divisions and comparisons outside of products of matrices, value by value: 4 for each
 *     attention weight (the softmax), 8 for each hidden value (GELU by its hyperbolic tangent), 7 for each normalised one, and one for
 *     each bias, residual branch and scaled query. Exponentials, hyperbolic tangents and roots are not among them
 */
public record VivitCost(NetworkCost network, long others) {
    private static final int SOFTMAX = 4, GELU = 8, NORMALIZATION = 7;

    /**
     * What the paper's tables call FLOPs (Arnab et al. 2021, tables 2 and 6): a multiplication with an addition counts one, and so do two of
     * the others. It is half of what XLA's cost analysis says.
     */
    public double flops() {
        return network.multiplyAdds() + others / 2.0;
    }

    /** The cost of one clip. */
    public static VivitCost of(VivitConfig config, Ports ports) {
        return new Count(config, ports).cost();
    }

    /** Adds up one network. */
    private static final class Count {
        private final VivitConfig config;
        private final Ports ports;
        private final NetworkCost.Sum sum = new NetworkCost.Sum();
        private final long d, hidden, heads, moments, places;
        private long others;

        Count(VivitConfig config, Ports ports) {
            this.config = config;
            this.ports = ports;
            d = config.width();
            hidden = config.hidden();
            heads = config.heads();
            moments = config.moments(ports.frames());
            long grid = config.grid(ports.size());
            places = grid * grid;
        }

        VivitCost cost() {
            long prefix = config.prefix();
            long pixels = (long) config.tubelet() * config.patch() * config.patch() * ports.channels();
            sum.linear("tubelet embedding", 1, moments * places, pixels, d);
            boolean apart = config.variant() == Variant.FACTORISED_ENCODER;
            long positions = (apart ? places : moments * places) + prefix;
            sum.add("tokens and positions", (positions + prefix) * d, 0);
            long all = moments * places + (apart ? moments * prefix : prefix);
            switch (config.variant()) {
                case SPATIO_TEMPORAL -> attention("in space and time", heads, 1, all, all);
                case FACTORISED_ENCODER -> attention("in space", heads, moments, places + prefix, all);
                case FACTORISED_SELF_ATTENTION -> {
                    attention("in space", heads, moments, places, all);
                    attention("in time", heads, places, moments, all);
                }
                case FACTORISED_DOT_PRODUCT -> {
                    products("in space", config.depth(), heads / 2, moments, places);
                    products("in time", config.depth(), heads / 2, places, moments);
                    maps("", config.depth(), all);
                }
            }
            mlp("", config.depth(), all);
            if (apart && config.temporalDepth() > 0) {
                long length = moments + prefix;
                sum.add("tokens and positions of moments", (length + prefix) * d, 0);
                products("among moments", config.temporalDepth(), heads, 1, length);
                maps(" among moments", config.temporalDepth(), length);
                mlp(" among moments", config.temporalDepth(), length);
            }
            if (ports.classes() > 0) sum.linear("head", 1, 1, d, ports.classes());
            return new VivitCost(sum.cost(), others);
        }

        private void attention(String where, long heads, long sequences, long length, long tokens) {
            products(where, config.depth(), heads, sequences, length);
            maps(" " + where, config.depth(), tokens);
        }

        /** Products of queries and keys, and of their softmax and values. */
        private void products(String where, long depth, long heads, long sequences, long length) {
            long weights = depth * sequences * length * length;
            sum.add("attention " + where, 0, 2 * weights * heads * (d / config.heads()));
            others += SOFTMAX * weights * heads;
        }

        /** The linear maps around an attention, and the normalisation before it. */
        private void maps(String where, long depth, long tokens) {
            sum.linear("queries, keys and values" + where, depth, tokens, d, 3 * d);
            sum.linear("attention output" + where, depth, tokens, d, d);
            sum.add("normalisation before attention" + where, depth * 2 * d, 0);
            others +=
                    depth * tokens * d * (4 + NORMALIZATION + 2); // biases; a residual branch and the scale of queries
        }

        private void mlp(String where, long depth, long tokens) {
            sum.linear("mlp, first layer" + where, depth, tokens, d, hidden);
            sum.linear("mlp, second layer" + where, depth, tokens, hidden, d);
            sum.add("normalisation before mlp and at the end" + where, (depth + 1) * 2 * d, 0);
            others += depth * tokens * (hidden * (1 + GELU) + d * (1 + NORMALIZATION + 1)) + tokens * d * NORMALIZATION;
        }
    }
}
