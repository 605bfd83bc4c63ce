package dev.calotype.restore;

import dev.calotype.model.PriorNetwork;
import dev.calotype.tensor.Placement;

/**
 * An untrained network as the prior of a picture, and how it is fitted (Ulyanov, Vedaldi &amp; Lempitsky 2018,
 * arXiv:1711.10925).
 */
public record UntrainedPrior(
        PriorNetwork.Architecture network, PriorInput input, Fitting fitting, Placement placement) {
    /**
     * How the weights are found.
     *
     * @param learningRate of Adam
     * @param smoothing the decay of the moving average of outputs, in [0, 1); 0 for none
     * @param totalVariation the weight of the mean absolute difference of neighbours, at least 0
     * @param langevin the standard deviation of the noise that is added to the weights after each iteration, in units of
     *     the learning rate: stochastic gradient Langevin dynamics (Cheng et al. 2019, arXiv:1904.07457, who take 2); 0
     *     for none
     * @param seeds networks that are fitted side by side, whose outputs are averaged
     */
    public record Fitting(double learningRate, double smoothing, double totalVariation, double langevin, int seeds) {
        /** One network, Adam with rate 0.01, outputs averaged with decay 0.99. */
        public static final Fitting PUBLISHED = new Fitting(0.01, 0.99, 0, 0, 1);

        public Fitting {
            if (!(learningRate > 0))
                throw new IllegalArgumentException("learningRate must be positive: " + learningRate);
            if (!(smoothing >= 0 && smoothing < 1))
                throw new IllegalArgumentException("smoothing must be in [0, 1): " + smoothing);
            if (!(totalVariation >= 0))
                throw new IllegalArgumentException("totalVariation must be at least 0: " + totalVariation);
            if (!(langevin >= 0)) throw new IllegalArgumentException("langevin must be at least 0: " + langevin);
            if (seeds < 1 || seeds > 64) throw new IllegalArgumentException("seeds must be in 1..64: " + seeds);
        }

        /** The same without averaging. */
        public Fitting unsmoothed() {
            return new Fitting(learningRate, 0, totalVariation, langevin, seeds);
        }
    }

    public UntrainedPrior {
        if (input.kind().isPicture() && network.enlargement() > 1)
            throw new IllegalArgumentException("a network that enlarges cannot take a picture: " + network);
    }

    /** About how many bytes a fit to a picture of this size takes. */
    public long memory(LinearOperator.Size size) {
        long values = Math.max(size.height() * size.width(), (long) network.smallest() * network.smallest())
                * (network.valuesPerPixel() + 4L * input.channels());
        return values * placement.precision().bytes() * fitting.seeds();
    }

    /** Throws IllegalArgumentException unless there is a restorer before where the input is its estimate, and only there. */
    void require(Restorer before) {
        if ((before != null) != (input.kind() == PriorInput.Kind.ESTIMATE))
            throw new IllegalArgumentException(
                    "an estimate is the input where there is a restorer before, and only there");
    }

    /** The same with another input. */
    UntrainedPrior seeing(PriorInput.Kind kind) {
        return new UntrainedPrior(network, new PriorInput(kind, input.channels(), input.jitter()), fitting, placement);
    }
}
