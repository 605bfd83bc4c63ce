package dev.calotype.restore;

import dev.calotype.restore.DiffusionRestoration.Start;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Diffusion started from an estimate, such as a deep image prior's (union 1 of {@code docs/theory.md}; early-stopped
 * diffusion, Lyu et al. 2022). The estimate is given a share of the budget. It is noised to the level that its own error
 * asks for, and the reverse process goes on from there, with what was seen at each step.
 *
 * @param first makes the estimate
 * @param error says how wrong it is
 * @param share of the budget for the estimate, in (0, 1)
 * @param margin noise added, over the error, at least 0: more hides errors that do not look like noise, and also more of
 *     the estimate
 * @param then goes on
 */
public record DipThenDiffusion(
        Restorer first, ErrorEstimate error, double share, double margin, DiffusionRestoration then)
        implements Restorer {
    public DipThenDiffusion {
        if (!(share > 0 && share < 1)) throw new IllegalArgumentException("share must be in (0, 1): " + share);
        if (!(margin >= 0)) throw new IllegalArgumentException("margin must be at least 0: " + margin);
    }

    /** {@inheritDoc} Where y itself is nearer to the truth than the noised estimate, the process starts at y. */
    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        Budget.Clock clock = budget.start();
        ErrorEstimate.Judged judged = error.judge(first, observation, rng.fork(0), budget.part(share), watcher);
        Restored estimate = judged.restored();
        try (Tensor image = estimate.image()) {
            int made = estimate.iterations();
            Budget rest = budget.after(clock.seconds(), made);
            Start start = Start.at(image, judged.error(), margin);
            Restored restored = isNoisier(start, observation)
                    ? then.restore(observation, rng.fork(1), rest, watcher.after(made))
                    : then.restore(observation, start, rng.fork(1), rest, watcher.after(made));
            return new Restored(
                    restored.image(), made + restored.iteration(), made + restored.iterations(), restored.spread());
        }
    }

    private static boolean isNoisier(Start start, Observation observation) {
        return observation.operator() instanceof Identity
                && observation.sigma() > 0
                && start.sigma() >= observation.sigma();
    }
}
