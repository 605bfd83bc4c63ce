package dev.calotype.restore;

import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Deep Image Prior drawn towards what a trained denoiser holds for a picture: |A f(z) - y|² + w |f(z) - p|², where
 * p = D(x̂ + τ ε; τ) is what the denoiser D makes of the smoothed output x̂ with noise τ ε, renewed now and then while τ
 * falls. The gradient of the second term is that of regularisation by denoising (Romano, Elad &amp; Milanfar 2017,
 * arXiv:1611.02862; in DIP: Mataev, Elad &amp; Milanfar 2019, arXiv:1903.10176) and, up to 1 / τ², the negative score of
 * pictures with noise τ. See docs/theory.md.
 *
 * @param rule chooses the iteration
 * @param before whose answer the network begins from, where its input is an estimate; null for none
 */
public record GuidedDip(UntrainedPrior prior, Guide guide, StoppingRule rule, Restorer before) implements Restorer {
    public GuidedDip {
        prior.require(before);
    }

    /** From noise, or from the observation. */
    public GuidedDip(UntrainedPrior prior, Guide guide, StoppingRule rule) {
        this(prior, guide, rule, null);
    }

    /** What a diffusion model takes for the picture behind a noisy one. */
    public static GaussianDenoiser denoiser(DiffusionPrior prior) {
        return (noisy, sigma) -> {
            NoiseLevel level = prior.schedule().levelAtSigma(sigma);
            return prior.denoiser().denoise(Tensors.scale(level.signal(), noisy), level);
        };
    }

    /**
     * How the denoiser is used.
     *
     * @param first τ at the start, in units of [-1, 1], positive
     * @param last τ at the end, in (0, first]; between them it falls geometrically
     * @param weight w, at least 0
     * @param every iterations for which p is kept, at least 1
     */
    public record Guide(GaussianDenoiser denoiser, double first, double last, double weight, int every) {
        public Guide {
            if (!(first > 0)) throw new IllegalArgumentException("first must be positive: " + first);
            if (!(last > 0 && last <= first))
                throw new IllegalArgumentException("last must be in (0, " + first + "]: " + last);
            if (!(weight >= 0)) throw new IllegalArgumentException("weight must be at least 0: " + weight);
            if (every < 1) throw new IllegalArgumentException("every must be at least 1: " + every);
        }

        /** τ after {@code share} of the fit, 0..1. */
        double level(double share) {
            return first * Math.pow(last / first, share);
        }
    }

    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        int total = budget.iterationsOr(rule.longest());
        Budget.Clock clock = budget.start();
        StoppingRule.Follower follower = rule.start(observation, rng.fork(0));
        Rng noise = rng.fork(2);
        Tensor[] guess = {null};
        try (Choice choice = new Choice(follower);
                PriorFit fit = new PriorFit(prior, observation, rng.fork(1));
                DataTerm data = new DataTerm(
                        observation, follower.visible(), prior.placement().device())) {
            fit.feed(before, observation, rng.fork(3), budget);
            int made = 0;
            do {
                if (made > 0 && made % guide.every() == 0) {
                    double level = guide.level(Math.max(clock.share(), (double) made / total));
                    renew(guess, fit.smoothed(), level, noise);
                }
                double loss = fit.iterate((x, own) ->
                        guess[0] == null ? data.of(x) : data.of(x).add(pull(x, guess[0]), new Scalar(guide.weight())));
                fit.show(++made, total, loss, choice, watcher);
            } while (made < total && !choice.stopped() && !clock.over());
            return new Restored(Scope.inference(() -> choice.image().clone()), choice.iteration(), made);
        } finally {
            if (guess[0] != null) guess[0].close();
        }
    }

    private void renew(Tensor[] guess, Tensor estimate, double level, Rng noise) {
        Tensor next = Scope.keep(() -> prior.placement()
                .device()
                .move(guide.denoiser()
                        .denoise(Tensors.combine(1, estimate, level, noise.normalLike(estimate)), level)));
        if (guess[0] != null) guess[0].close();
        guess[0] = next;
    }

    private static Tensor pull(Tensor x, Tensor guess) {
        return x.sub(guess).square().mean();
    }
}
