package dev.calotype.train;

import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Muon (Jordan et al. 2024): the momentum of a hidden matrix with its singular values brought near 1, so that every direction
 * is learned alike. A convolution is the matrix of its filters. All other weights go by {@link AdamW}, in whose first moment the
 * momentum lies.
 */
final class Muon implements Updates {
    private static final int HIDDEN = 32; // rows and columns of the smallest matrix that is taken for a hidden one
    private static final double MOMENTUM = 0.95;
    private static final double ADAM_SIZE = 0.2; // root mean square of an update of Adam, Liu et al. 2025
    private static final int ITERATIONS = 5;
    private static final double A = 3.4445, B = -4.7750, C = 2.0315;
    private static final double TINY = 1e-7;

    private final FlatParameters parameters;
    private final Precision precision;
    private final double weightDecay;
    private final AdamW rest;

    /** @param precision in which singular values are brought near 1 */
    Muon(FlatParameters parameters, Precision precision, double weightDecay, AdamW rest) {
        this.parameters = parameters;
        this.precision = precision;
        this.weightDecay = weightDecay;
        this.rest = rest;
    }

    @Override
    public void begin(long step, double rate) {
        rest.begin(step, rate);
    }

    @Override
    public void update(FlatParameters.Stretch stretch, double rate) {
        int from = stretch.from();
        for (int slot = from; slot < stretch.to(); slot++) {
            if (!hidden(slot)) continue;
            if (from < slot) rest.update(parameters.stretch(from, slot), rate);
            orthogonal(slot, rate);
            from = slot + 1;
        }
        if (from < stretch.to()) rest.update(parameters.stretch(from, stretch.to()), rate);
    }

    private boolean hidden(int slot) {
        long rows = parameters.rows(slot);
        return rows >= HIDDEN && parameters.length(slot) / rows >= HIDDEN;
    }

    private void orthogonal(int slot, double rate) {
        Scope.read(() -> {
            Tensor gradient = parameters.matrix(slot, parameters.gradient()); // (out, in k k)
            Tensor momentum = parameters.matrix(slot, rest.first()); // (out, in k k)
            Tensor weights = parameters.matrix(slot, parameters.master()); // (out, in k k)
            momentum.lerp_(gradient, new Scalar(1 - MOMENTUM));
            Tensor ahead = gradient.lerp(momentum, new Scalar(MOMENTUM)); // Nesterov
            double size = ADAM_SIZE * Math.sqrt(Math.max(weights.size(0), weights.size(1)));
            if (weightDecay > 0) weights.mul_(new Scalar(1 - rate * weightDecay));
            weights.sub_(orthogonal(ahead, precision).to(weights.scalar_type()), new Scalar(rate * size));
            return null;
        });
    }

    /** About U V' of the singular value decomposition U S V' of a matrix: its singular values are in 0.7..1.2 or were tiny. */
    static Tensor orthogonal(Tensor matrix, Precision precision) {
        return Scope.tidy(() -> {
            boolean tall = matrix.size(0) > matrix.size(1);
            double norm = matrix.norm().item_double() + TINY;
            Tensor x = (tall ? matrix.t() : matrix).div(new Scalar(norm)).to(precision.dtype()); // (n, m), n <= m
            for (int i = 0; i < ITERATIONS; i++) x = iterate(x);
            return tall ? x.t() : x;
        });
    }

    /** a X + b (X X') X + c (X X')² X. */
    private static Tensor iterate(Tensor x) {
        return Scope.tidy(() -> {
            Tensor square = x.mm(x.t()); // (n, n)
            Tensor polynomial = torch.addmm(square, square, square, new Scalar(B), new Scalar(C)); // (n, n)
            return torch.addmm(x, polynomial, x, new Scalar(A), new Scalar(1.0)); // (n, m)
        });
    }

    @Override
    public Tensor result() {
        return rest.result();
    }

    @Override
    public Map<String, Tensor> buffers() {
        return rest.buffers();
    }

    @Override
    public void close() {
        rest.close();
    }
}
