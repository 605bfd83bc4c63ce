package dev.calotype.train;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * SOAP (Vyas et al. 2025): Adam in the eigenbasis of Shampoo's two matrices. Of each matrix the running means of G G' and G' G are kept,
 * and their eigenvectors, which one step of orthogonal iteration follows every {@value #EVERY} updates: it turns later columns away from
 * earlier ones, so that those which carry most come first, and the second moments with them. A convolution has the sides of its
 * channels, and is turned alike at all places of its kernel. Sides above {@value #LONGEST} are left as they are; vectors go by
 * {@link AdamW}, in whose moments those of matrices lie too: the first as the weights lie, the second in the basis.
 */
final class Soap implements Updates {
    private static final int EVERY = 10;
    private static final int LONGEST = 1024;
    private static final double EPSILON = 1e-8;

    /** One side of a matrix: the running mean of the products of its gradients, and the basis; nothing if it is too long. */
    private record Side(Tensor products, Tensor basis) {
        static Side of(FlatParameters parameters, long length) {
            if (length > LONGEST) return new Side(null, null);
            return new Side(
                    Scope.keep(() -> parameters.gradient().new_zeros(length, length)),
                    Scope.keep(() -> parameters.gradient().new_zeros(length, length)));
        }

        /** Takes up G G' of a gradient (length, rest). */
        void learn(Tensor gradient, double decay) {
            if (products != null) products.lerp_(gradient.mm(gradient.t()), new Scalar(1 - decay));
        }

        void begin() {
            if (products != null) basis.copy_(torch.linalg_eigh(products).get1().flip(1));
        }

        /** Follows the products; the second moments, of which this side is a dimension, go with the columns. */
        void follow(Tensor second, int dimension) {
            if (products == null) return;
            Tensor turned = products.mm(basis);
            Tensor order = torch.argsort(basis.mul(turned).sum(0), -1, true); // by what each column carries
            second.copy_(second.index_select(dimension, order));
            basis.copy_(torch.linalg_qr(turned.index_select(1, order)).get0());
        }

        /** x (length, rest) in the basis. */
        Tensor into(Tensor x) {
            return basis == null ? x : basis.t().mm(x);
        }

        /** What {@link #into} has made, as it was. */
        Tensor from(Tensor x) {
            return basis == null ? x : basis.mm(x);
        }

        void close() {
            if (products == null) return;
            products.close();
            basis.close();
        }
    }

    /** What is kept of a matrix. */
    private record Sides(String name, long rows, long columns, Side left, Side right) {}

    private final FlatParameters parameters;
    private final double beta1;
    private final double beta2;
    private final double weightDecay;
    private final AdamW rest;
    private final Map<Integer, Sides> matrices = new LinkedHashMap<>();
    private long step;

    Soap(FlatParameters parameters, double beta1, double beta2, double weightDecay, AdamW rest) {
        this.parameters = parameters;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.weightDecay = weightDecay;
        this.rest = rest;
        for (int slot = 0; slot < parameters.slots(); slot++) {
            long[] shape = parameters.shape(slot);
            if (shape.length < 2 || shape[0] < 2 || shape[1] < 2) continue;
            Side left = Side.of(parameters, shape[0]), right = Side.of(parameters, shape[1]);
            matrices.put(slot, new Sides(parameters.name(slot), shape[0], shape[1], left, right));
        }
    }

    @Override
    public void begin(long now, double rate) {
        step = now;
        rest.begin(now, rate);
    }

    @Override
    public void update(FlatParameters.Stretch stretch, double rate) {
        int from = stretch.from();
        for (int slot = from; slot < stretch.to(); slot++) {
            Sides sides = matrices.get(slot);
            if (sides == null) continue;
            if (from < slot) rest.update(parameters.stretch(from, slot), rate);
            move(slot, sides, rate);
            from = slot + 1;
        }
        if (from < stretch.to()) rest.update(parameters.stretch(from, stretch.to()), rate);
    }

    private void move(int slot, Sides sides, double rate) {
        Scope.read(() -> {
            Tensor gradient = parameters.view(slot, parameters.gradient()); // (rows, columns, ...)
            Tensor first = parameters.view(slot, rest.first());
            Tensor second = parameters.view(slot, rest.second());
            Tensor weights = parameters.view(slot, parameters.master());
            if (step == 1) {
                learn(sides, gradient);
                sides.left().begin();
                sides.right().begin();
            }
            first.lerp_(gradient, new Scalar(1 - beta1));
            Tensor turned = into(sides, gradient); // (rows, columns, ...)
            second.mul_(new Scalar(beta2)).addcmul_(turned, turned, new Scalar(1 - beta2));
            double scale = Math.sqrt(1 - Math.pow(beta2, step)) / (1 - Math.pow(beta1, step));
            Tensor direction = from(sides, into(sides, first).div(second.sqrt().add_(new Scalar(EPSILON))));
            if (weightDecay > 0) weights.mul_(new Scalar(1 - rate * weightDecay));
            weights.sub_(direction, new Scalar(rate * scale));
            if (step > 1) learn(sides, gradient);
            if (step % EVERY == 0) {
                sides.left().follow(second, 0);
                sides.right().follow(second, 1);
            }
            return null;
        });
    }

    private void learn(Sides sides, Tensor gradient) {
        sides.left().learn(gradient.reshape(sides.rows(), -1), beta2);
        sides.right().learn(gradient.transpose(0, 1).reshape(sides.columns(), -1), beta2);
    }

    /** U' G V of (rows, columns, ...), alike at all places of the rest. */
    private static Tensor into(Sides sides, Tensor x) {
        return turned(sides, x, Side::into);
    }

    /** U G V': {@link #into} undone. */
    private static Tensor from(Sides sides, Tensor x) {
        return turned(sides, x, Side::from);
    }

    private static Tensor turned(Sides sides, Tensor x, BiFunction<Side, Tensor, Tensor> turn) {
        Tensor left = turn.apply(sides.left(), x.reshape(sides.rows(), -1)).reshape(x.sizes());
        return turn.apply(sides.right(), left.transpose(0, 1).reshape(sides.columns(), -1))
                .reshape(Tensors.shape(x.transpose(0, 1)))
                .transpose(0, 1);
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
    public Map<String, Tensor> others() {
        Map<String, Tensor> others = new LinkedHashMap<>();
        for (Sides sides : matrices.values()) {
            put(others, "left", sides.name(), sides.left());
            put(others, "right", sides.name(), sides.right());
        }
        return others;
    }

    private static void put(Map<String, Tensor> others, String which, String name, Side side) {
        if (side.products() == null) return;
        others.put("soap/" + which + "/products/" + name, side.products());
        others.put("soap/" + which + "/basis/" + name, side.basis());
    }

    @Override
    public void close() {
        matrices.values().forEach(sides -> {
            sides.left().close();
            sides.right().close();
        });
        rest.close();
    }
}
