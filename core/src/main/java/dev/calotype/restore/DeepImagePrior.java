package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;

/**
 * Fits an untrained network to one observation, min over the weights of |A f(z) - y|², and stops before it has learned
 * the noise (Ulyanov, Vedaldi &amp; Lempitsky 2018, arXiv:1711.10925). The loss is a mean over the values that the
 * fit may see.
 *
 * @param rule chooses the iteration
 * @param before whose answer the network begins from, where its input is an estimate; null for none
 */
public record DeepImagePrior(UntrainedPrior prior, StoppingRule rule, Restorer before) implements Restorer {
    public DeepImagePrior {
        prior.require(before);
    }

    /** From noise, or from the observation. */
    public DeepImagePrior(UntrainedPrior prior, StoppingRule rule) {
        this(prior, rule, null);
    }

    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        int total = budget.iterationsOr(rule.longest());
        Budget.Clock clock = budget.start();
        StoppingRule.Follower follower = rule.start(observation, rng.fork(0));
        try (Choice choice = new Choice(follower);
                PriorFit fit = new PriorFit(prior, observation, rng.fork(1));
                DataTerm data = new DataTerm(
                        observation, follower.visible(), prior.placement().device())) {
            fit.feed(before, observation, rng.fork(2), budget);
            int made = 0;
            double began = clock.seconds();
            do {
                double loss = fit.iterate((x, noise) -> data.of(x));
                fit.show(++made, total, loss, choice, watcher);
            } while (made < total && !choice.stopped() && !clock.over((clock.seconds() - began) / made));
            return new Restored(Scope.inference(() -> choice.image().clone()), choice.iteration(), made);
        }
    }
}
