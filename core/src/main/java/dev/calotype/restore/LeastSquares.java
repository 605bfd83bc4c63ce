package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * min ‖A x − y‖² + ridge ‖x‖² by conjugate gradients on the normal equations (CGLS; Björck, <em>Numerical Methods for
 * Least Squares Problems</em>, 1996, section 7.4). Begun at 0, it ends at the solution of least norm, also where A has no
 * full rank.
 */
final class LeastSquares {
    private static final int ITERATIONS = 200;
    private static final double TOLERANCE = 1e-5; // of the gradient's norm
    private static final double TINY = 1e-30;

    private LeastSquares() {}

    static Tensor solve(LinearOperator a, Tensor y, double ridge) {
        if (!(ridge >= 0)) throw new IllegalArgumentException("ridge must be at least 0: " + ridge);
        return Scope.tidy(() -> {
            Tensor s = a.adjoint(y);
            Tensor[] state = {torch.zeros_like(s), y, s, square(s)};
            double enough = TOLERANCE * TOLERANCE * state[3].max().item_double();
            for (int i = 0; i < ITERATIONS && state[3].max().item_double() > enough; i++) {
                Tensor[] before = state;
                state = Scope.tidyAll(() -> step(a, before, ridge));
                if (i > 0) for (Tensor x : before) x.close();
            }
            return state[0];
        });
    }

    /** The state is the solution x, the residual y - A x, the direction p, and the squared norm of the gradient. */
    private static Tensor[] step(LinearOperator a, Tensor[] state, double ridge) {
        Tensor p = state[2];
        Tensor q = a.apply(p);
        Tensor curvature = square(q).add(square(p), new Scalar(ridge));
        Tensor alpha = state[3].div(curvature.clamp_min(new Scalar(TINY)));
        Tensor x = state[0].add(alpha.mul(p));
        Tensor residual = state[1].sub(alpha.mul(q));
        Tensor s = a.adjoint(residual).sub(x, new Scalar(ridge));
        Tensor gamma = square(s);
        Tensor next = s.add(gamma.div(state[3].clamp_min(new Scalar(TINY))).mul(p));
        return new Tensor[] {x, residual, next, gamma};
    }

    /** The squared norm of each image: (N, 1, 1, 1). */
    private static Tensor square(Tensor x) {
        return Tensors.perSample(x.square().sum(1, 2, 3), x);
    }
}
