package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The image in [-1, 1] of least total variation that agrees with the observation (Rudin, Osher &amp; Fatemi 1992),
 * min ½‖A x − y‖² + λ TV(x), λ = strength σ. Without noise A x is y; where the noise leaves a feasible set, A x lies in it too.
 * TV is the sum over pixels of the length of the gradient of all channels.
 *
 * <p>Solved by the primal-dual iterations of Chambolle &amp; Pock (2011): the accelerated one (algorithm 2) where only noise
 * has come to the picture, until the duality gap says that the answer is within 0.15 of an 8-bit level of the solution,
 * root mean square; else algorithm 1, until the picture rests. An operator that is inverted directly is part of the step of the
 * picture, which takes a fraction of the iterations; any other has a dual of its own.
 *
 * @param strength λ as a multiple of sigma, at least 0
 * @param iterations at most
 */
public record TotalVariation(double strength, int iterations) implements Restorer {
    private static final double GRADIENT_NORM = 8; // of the squared gradient
    private static final double RATIO = 0.15; // of primal to dual steps
    private static final double NEAR = 0.15 / 127.5; // of the solution
    private static final double REST = 2e-4; // of an iteration
    private static final double LEAST = 1e-3; // of the first step
    private static final int LOOK = 10; // iterations between two duality gaps
    private static final int POWERS = 12;

    /** What suits photographs. */
    public static final TotalVariation USUAL = new TotalVariation(1, 300);

    public TotalVariation {
        if (!(strength >= 0)) throw new IllegalArgumentException("strength must be at least 0: " + strength);
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
    }

    @Override
    public Restored restore(Observation seen, Rng rng, Budget budget, Watcher watcher) {
        Budget.Clock clock = budget.start();
        int total = budget.iterationsOr(iterations);
        double lambda = strength * seen.sigma();
        Start start = Scope.read(() -> {
            Tensor begun = seen.operator() instanceof Masking mask
                    ? HoleFilling.of(seen.image(), mask)
                    : Unchanged.enlarged(seen);
            Tensor x = Tensors.clip(begun); // (1, C, H, W)
            return new Start(Tensors.floats(x), Tensors.shape(x));
        });
        LinearOperator a = seen.operator();
        double tau = RATIO * Math.sqrt(1 / GRADIENT_NORM);
        First whole = new First(tau, 1 / GRADIENT_NORM), convex = new First(Math.max(lambda, LEAST), 1 / GRADIENT_NORM);
        if (a instanceof Identity && lambda == 0) return new Restored(Tensors.of(start.image, start.shape), 0, 0);
        int width = (int) start.shape[3];
        if (a instanceof Identity && seen.feasible() == FeasibleSet.ALL) {
            float[][] y = VariationDual.lines(Scope.read(() -> Tensors.floats(seen.image())), width);
            return descend(start, Fidelity.Pixels.all(y, (int) start.shape[2], lambda), convex, total, clock, watcher);
        }
        if (a instanceof Identity)
            return descend(start, new Fidelity.Certain(seen, lambda, start.shape), convex, total, clock, watcher);
        if (a instanceof Masking mask && seen.feasible() == FeasibleSet.ALL) {
            float[][] y = VariationDual.lines(Scope.read(() -> Tensors.floats(seen.image())), width);
            float[][] known = VariationDual.lines(Scope.read(() -> Tensors.floats(mask.mask(seen.image()))), width);
            return descend(start, new Fidelity.Pixels(y, known, lambda), whole, total, clock, watcher);
        }
        if (a instanceof Separable separable && seen.feasible() == FeasibleSet.ALL)
            try (Fidelity.Inverted inverted = new Fidelity.Inverted(seen, separable, lambda / tau, start.shape)) {
                return descend(start, inverted, whole, total, clock, watcher);
            }
        double share = Math.max(norm(a, start, rng), 1e-12);
        try (Fidelity.Dual dual = new Fidelity.Dual(seen, lambda, 0.5 / (tau * share), start.shape)) {
            return descend(start, dual, new First(tau, 0.5 / GRADIENT_NORM), total, clock, watcher);
        }
    }

    /** A picture in Java memory, planes of rows, and its shape as a tensor. */
    private record Start(float[] image, long[] shape) {}

    /**
     * The lengths of the first steps.
     *
     * @param tau of the picture
     * @param product of tau and the step of the dual
     */
    private record First(double tau, double product) {}

    private static Restored descend(
            Start start, Fidelity fidelity, First steps, int total, Budget.Clock clock, Watcher watcher) {
        VariationDual dual = new VariationDual((int) start.shape[1], (int) start.shape[2], (int) start.shape[3]);
        int width = (int) start.shape[3];
        float[][] x = VariationDual.lines(start.image, width);
        float[][] extrapolated = VariationDual.lines(start.image, width);
        double tau = steps.tau;
        int made = 0;
        double convexity = fidelity.convexity(), open = fidelity.open(x);
        boolean gap = fidelity.isGapKnown();
        double first = 0, share = 0; // the first move, and how far people were told it is
        boolean over = false;
        while (made < total && !over && (made == 0 || !clock.over())) {
            double momentum = 1 / Math.sqrt(1 + 2 * convexity * tau);
            double sum =
                    fidelity.iterate(dual, x, extrapolated, new Fidelity.Steps(steps.product / tau, tau, momentum));
            tau *= momentum;
            double moved = Math.sqrt(sum / open);
            if (made++ == 0) first = moved;
            over = gap ? made % LOOK == 0 && isNear(dual, fidelity, x) : moved <= REST;
            int of = over ? made : notBack(made, planned(made, total, first, moved), share);
            share = (double) made / of;
            show(x, start.shape, new int[] {made, of}, moved, watcher);
        }
        return new Restored(Tensors.of(VariationDual.flat(x), start.shape), made, made);
    }

    /** Iterations until the picture rests, if its moves go on to shrink at the rate of those so far; {@code total} at most. */
    static int planned(int made, int total, double first, double moved) {
        if (moved <= REST) return made;
        if (moved >= first) return total;
        return (int)
                Math.min(total, Math.max(made, Math.ceil(made * Math.log(first / REST) / Math.log(first / moved))));
    }

    /** The forecast, but none by which less would be done than was told before. */
    private static int notBack(int made, int planned, double share) {
        return share == 0 ? planned : Math.max(made, Math.min(planned, (int) (made / share)));
    }

    /** ‖x − solution‖² is at most 2 gap / convexity. */
    private static boolean isNear(VariationDual dual, Fidelity fidelity, float[][] x) {
        float[][] slope = new float[x.length][x[0].length];
        dual.slope(slope);
        double gap = dual.variation(x) + fidelity.excess(x, slope);
        return 2 * gap / fidelity.convexity() <= NEAR * NEAR * x.length * x[0].length;
    }

    private static void show(float[][] x, long[] shape, int[] madeOf, double moved, Watcher watcher) {
        if (watcher == Watcher.NONE) return;
        Scope.run(() -> {
            Tensor image = Tensors.of(VariationDual.flat(x), shape);
            watcher.see(new Watcher.Frame(madeOf[0], madeOf[1], moved, image, image, madeOf[0]));
        });
    }

    /** ‖A‖² by power iteration. */
    private static double norm(LinearOperator a, Start like, Rng rng) {
        return Scope.read(() -> {
            Tensor x = rng.normalLike(torch.empty(like.shape));
            double norm = 0;
            for (int i = 0; i < POWERS; i++) {
                x = a.adjoint(a.apply(x.div(x.norm().clamp_min(new Scalar(1e-20)))));
                norm = x.norm().item_double();
            }
            return norm;
        });
    }
}
