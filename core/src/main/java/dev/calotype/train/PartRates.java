package dev.calotype.train;

import dev.calotype.tensor.Scope;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How fast the parts of a network learn.
 *
 * @param shares of the learning rate, 0..1, by how the names of parameters begin; the longest beginning counts, others have 1
 */
public record PartRates(Map<String, Double> shares) {
    /** All learn alike. */
    public static final PartRates EVEN = new PartRates(Map.of());

    public PartRates {
        shares = Map.copyOf(shares);
        for (double share : shares.values())
            if (!(share >= 0 && share <= 1)) throw new IllegalArgumentException("a share must be in 0..1: " + share);
    }

    /** Whether all learn alike. */
    public boolean areEven() {
        return shares.values().stream().allMatch(share -> share == 1);
    }

    /** The share of a parameter. */
    public double of(String parameter) {
        String longest = null;
        for (String beginning : shares.keySet())
            if (parameter.startsWith(beginning) && (longest == null || beginning.length() > longest.length()))
                longest = beginning;
        return longest == null ? 1 : shares.get(longest);
    }

    /**
     * Updates of which each weight makes a share. For rules whose step is proportional to the learning rate, weight decay included, that is a
     * rate of its own.
     */
    static final class Shared implements Updates {
        private final Updates whole;
        private final FlatParameters parameters;
        private final Tensor shares;

        Shared(Updates whole, FlatParameters parameters, PartRates rates) {
            this.whole = whole;
            this.parameters = parameters;
            shares = parameters.zeros();
            Scope.read(() -> {
                parameters.named(shares).forEach((name, view) -> view.fill_(new Scalar(rates.of(name))));
                return null;
            });
        }

        @Override
        public void begin(long step, double rate) {
            whole.begin(step, rate);
        }

        @Override
        public void update(FlatParameters.Stretch stretch, double rate) {
            Scope.read(() -> {
                Tensor master = stretch.of(parameters.master());
                Tensor before = master.clone();
                whole.update(stretch, rate);
                master.sub_(before).mul_(stretch.of(shares)).add_(before);
                return null;
            });
        }

        @Override
        public Tensor result() {
            return whole.result();
        }

        @Override
        public Map<String, Tensor> buffers() {
            return whole.buffers();
        }

        @Override
        public Map<String, Tensor> others() {
            return whole.others();
        }

        @Override
        public void close() {
            whole.close();
            shares.close();
        }
    }
}
