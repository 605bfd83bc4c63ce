package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The image in [-1, 1] of least total variation that agrees with the observation (Rudin, Osher &amp; Fatemi 1992),
 * min ½‖A x − y‖² + λ TV(x), λ = strength σ. Without noise A x is y; where the noise leaves a feasible set, A x lies in it.
 * TV is the sum over pixels of the length of the gradient of all channels. Solved by the primal-dual iteration of Chambolle
 * &amp; Pock (2011, algorithm 1), for any operator.
 *
 * @param strength λ as a multiple of sigma, at least 0
 * @param iterations at most
 */
public record TotalVariation(double strength, int iterations) implements Restorer {
    private static final double GRADIENT_NORM = 8; // of the squared gradient
    private static final double RATIO = 0.15; // of primal to dual steps
    private static final double TOLERANCE = 2e-5;
    private static final int POWERS = 12;

    /** What suits photographs. */
    public static final TotalVariation USUAL = new TotalVariation(1, 300);

    public TotalVariation {
        if (!(strength >= 0)) throw new IllegalArgumentException("strength must be at least 0: " + strength);
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
    }

    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        Budget.Clock clock = budget.start();
        LinearOperator a = observation.operator();
        Restored[] result = {null};
        Tensor image = Scope.inference(() -> {
            Tensor y = observation.image();
            Tensor x = Tensors.clip(Unchanged.enlarged(observation));
            double share = Math.max(norm(a, x, rng), 1e-12);
            Steps steps = Steps.of(share);
            Tensor gradient = torch.zeros_like(gradient(x));
            Tensor[] start = {x, x, gradient, torch.zeros_like(y)};
            Loop.Limits limits = new Loop.Limits(budget.iterationsOr(iterations), TOLERANCE);
            result[0] = Loop.run(start, limits, clock, watcher, (state, i) -> step(observation, steps, state));
            return result[0].image();
        });
        return new Restored(image, result[0].iteration(), result[0].iterations());
    }

    /**
     * The lengths of steps, for which tau (8 gradient + ‖A‖² data) is 1.
     *
     * @param tau of the image
     * @param gradient of the dual of the gradient
     * @param data of the dual of the observation
     */
    private record Steps(double tau, double gradient, double data) {
        static Steps of(double squaredNorm) {
            double tau = RATIO * Math.sqrt(1 / GRADIENT_NORM);
            return new Steps(tau, 0.5 / (tau * GRADIENT_NORM), 0.5 / (tau * squaredNorm));
        }
    }

    /** The state is the image x, its extrapolation, the dual p of its gradient and the dual q of the observation. */
    private Tensor[] step(Observation seen, Steps steps, Tensor[] state) {
        Tensor x = state[0];
        Tensor p = state[2].add(gradient(state[1]), new Scalar(steps.gradient));
        Tensor length = p.square().sum(1, 2).sqrt().clamp_min(new Scalar(1)); // (N, H, W)
        p = p.div(length.unsqueeze(1).unsqueeze(1)); // (N, 2, C, H, W)
        Tensor q = fit(seen, steps.data, state[3], seen.operator().apply(state[1])); // (N, C, H', W')
        Tensor slope = divergence(p).add(seen.operator().adjoint(q)); // (N, C, H, W)
        Tensor next = Tensors.clip(x.sub(slope, new Scalar(steps.tau))); // (N, C, H, W)
        return new Tensor[] {next, Tensors.combine(2, next, -1, x), p, q};
    }

    /** The dual step of the data term over λ. */
    private Tensor fit(Observation seen, double step, Tensor dual, Tensor ax) {
        Tensor y = seen.image();
        Tensor moved = dual.add(ax, new Scalar(step));
        if (seen.feasible() != FeasibleSet.ALL) {
            Tensor inside = seen.feasible().project(Tensors.scale(1 / step, moved), y);
            return moved.sub(inside, new Scalar(step));
        }
        double lambda = strength * seen.sigma();
        return Tensors.scale(1 / (1 + step * lambda), moved.sub(y, new Scalar(step)));
    }

    /** Differences to the right and downwards, 0 at the border: (N, C, H, W) to (N, 2, C, H, W). */
    private static Tensor gradient(Tensor x) {
        Tensor right = x.narrow(3, 1, x.size(3) - 1).sub(x.narrow(3, 0, x.size(3) - 1));
        Tensor down = x.narrow(2, 1, x.size(2) - 1).sub(x.narrow(2, 0, x.size(2) - 1));
        return Tensors.stack(1, torch.constant_pad_nd(right, 0, 1), torch.constant_pad_nd(down, 0, 0, 0, 1));
    }

    /** The adjoint of {@link #gradient}, for what is 0 where that is: (N, 2, C, H, W) to (N, C, H, W). */
    private static Tensor divergence(Tensor p) {
        Tensor right = p.select(1, 0);
        Tensor down = p.select(1, 1);
        Tensor left = torch.constant_pad_nd(right.narrow(3, 0, right.size(3) - 1), 1, 0);
        Tensor up = torch.constant_pad_nd(down.narrow(2, 0, down.size(2) - 1), 0, 0, 1, 0);
        return left.sub(right).add(up).sub(down);
    }

    /** ‖A‖² by power iteration. */
    private static double norm(LinearOperator a, Tensor like, Rng rng) {
        return Scope.read(() -> {
            Tensor x = rng.normalLike(like);
            double norm = 0;
            for (int i = 0; i < POWERS; i++) {
                x = a.adjoint(a.apply(x.div(x.norm().clamp_min(new Scalar(1e-20)))));
                norm = x.norm().item_double();
            }
            return norm;
        });
    }
}
