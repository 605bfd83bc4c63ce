package dev.calotype.restore;

import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Deep Image Prior in stages of decreasing noise, after Self-diffusion (Luo &amp; Huang 2025,
 * arXiv:2510.21417). A stage takes the estimate of the
 * stage before, adds noise of its level, and fits the network that makes an explanation of the observation out of this;
 * the smoothed output is the next estimate. The noise hides fine structure from the network, so coarse structure is
 * learned first.
 *
 * <p>The stages end where they stop paying. Some observed pixels are kept from all fits. A stage pays if its estimate
 * explains them better than all before; two in a row that do not are the end. See docs/theory.md.
 *
 * @param prior its networks are kept from stage to stage; of its input only the jitter counts, and whether it is an estimate
 * @param before whose answer is the estimate before the first stage, where the input is an estimate; null for grey
 */
public record StagedDip(UntrainedPrior prior, Stages stages, Restorer before) implements Restorer {
    private static final int PATIENCE = 2;

    public StagedDip {
        prior.require(before);
    }

    /** From grey. */
    public StagedDip(UntrainedPrior prior, Stages stages) {
        this(prior, stages, null);
    }

    /**
     * The course of the noise.
     *
     * @param schedule its steps are the stages, the last one first; a step's noise is in units of [0, 1]
     * @param inner iterations of a stage, at least 1
     * @param heldOut the share of pixels that are kept from the fits, in (0, 0.5]
     */
    public record Stages(NoiseSchedule schedule, int inner, double heldOut) {
        public Stages {
            if (inner < 1) throw new IllegalArgumentException("inner must be at least 1: " + inner);
            if (!(heldOut > 0 && heldOut <= 0.5))
                throw new IllegalArgumentException("heldOut must be in (0, 0.5]: " + heldOut);
        }

        /** {@code count} stages of {@code inner} iterations with β falling evenly from 0.01 to 0.0008, the paper's. */
        public static Stages linear(int count, int inner) {
            double[] betas = new double[count];
            for (int i = 0; i < count; i++) betas[i] = 8e-4 + (1e-2 - 8e-4) * i / Math.max(1, count - 1);
            return new Stages(NoiseSchedule.ofBetas(betas), inner, 0.05);
        }
    }

    /** A budget of iterations is shared evenly among the stages. */
    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        int count = stages.schedule().steps();
        int inner = Math.max(1, budget.iterationsOr(count * stages.inner()) / count);
        Budget.Clock clock = budget.start();
        StoppingRule.Follower unseen = new HeldOutPixels(RuleSignal.SMOOTHED, stages.heldOut(), 0, PATIENCE, count)
                .start(observation, rng.fork(0));
        Rng noise = rng.fork(2);
        Tensor first = before == null
                ? null
                : Scope.keep(() -> PriorFit.answer(before, observation.seenAt(unseen.visible()), rng.fork(3), budget));
        try (Choice choice = new Choice(unseen);
                PriorFit fit = new PriorFit(prior.seeing(PriorInput.Kind.OBSERVATION), observation, rng.fork(1));
                DataTerm data = new DataTerm(
                        observation, unseen.visible(), prior.placement().device())) {
            int made = 0;
            for (int t = count - 1; t >= 0 && !choice.stopped() && !(made > 0 && clock.over()); t--) {
                double level = stages.schedule().level(t).noise();
                Tensor estimate = made == 0 ? first : fit.smoothed();
                Scope.run(() -> fit.feed(noisy(estimate, observation, level, noise)));
                for (int i = 0; i < inner && !(made > 0 && clock.over()); i++) {
                    double loss = fit.iterate((x, own) -> data.of(x));
                    Watcher.Frame frame = fit.frame(++made, count * inner, loss, choice);
                    Scope.run(() -> watcher.see(frame));
                }
                choice.judge(fit.frame(made, count * inner, Double.NaN, choice));
            }
            return new Restored(Scope.inference(() -> choice.image().clone()), choice.iteration(), made);
        } finally {
            if (first != null) first.close();
        }
    }

    /** The estimate in [0, 1] with noise; grey with noise if there is none. */
    private static Tensor noisy(Tensor estimate, Observation observation, double level, Rng rng) {
        LinearOperator.Size size = observation.size();
        Tensor image = estimate == null
                ? torch.zeros(1, observation.image().size(1), size.height(), size.width())
                : estimate; // (1, C, H, W)
        return Tensors.combine(1, PriorInput.unit(image), level, rng.normalLike(image)); // (1, C, H, W)
    }
}
