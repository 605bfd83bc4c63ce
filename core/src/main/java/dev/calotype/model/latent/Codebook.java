package dev.calotype.model.latent;

import dev.calotype.nn.Blank;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The codes that latents are replaced by, each by the nearest (van den Oord et al. 2017, arXiv:1711.00937). */
final class Codebook extends Module {
    private static final long MOST_DISTANCES = 1 << 24; // at once, where no gradients are wanted

    private final VqAutoencoder.Codes shape;
    private final EmbeddingImpl codes;

    Codebook(VqAutoencoder.Codes shape, int width) {
        super("Codebook");
        this.shape = shape;
        codes = register_module("embedding", Blank.embedding(shape.count(), width));
    }

    /** Draws codes between -1/K and 1/K. */
    void draw(Rng rng) {
        double bound = 1.0 / shape.count();
        Tensor weight = codes.weight();
        Scope.read(() -> weight.copy_(
                rng.uniform(Tensors.shape(weight)).mul(new Scalar(2 * bound)).sub(new Scalar(bound))));
    }

    /** Makes codes of rows (M, D) that are drawn by chance. */
    void place(Tensor rows, Rng rng) {
        Tensor weight = codes.weight();
        Scope.read(() -> {
            double[] chances = Tensors.doubles(rng.uniform(shape.count(), 1));
            int[] drawn = new int[chances.length];
            for (int i = 0; i < drawn.length; i++)
                drawn[i] = (int) Math.min(rows.size(0) - 1, (long) (chances[i] * rows.size(0)));
            return weight.copy_(rows.index_select(0, Tensors.of(drawn)));
        });
    }

    /** The numbers of the nearest codes of rows, without gradients: (M). */
    Tensor nearest(Tensor rows) {
        return Scope.inference(() -> {
            Tensor own = codes.weight().to(ScalarType.Float); // (K, D)
            return inParts(rows, shape.count(), some -> apart(some, own).argmin(new LongOptional(1), false)); // (M)
        });
    }

    /** What {@code each} finds for all of {@code points}, of so many at once that they have {@link #MOST_DISTANCES} from {@code others}. */
    private static Tensor inParts(Tensor points, long others, UnaryOperator<Tensor> each) {
        long part = Math.max(1, MOST_DISTANCES / others);
        return Tensors.inParts(points.size(0), part, (from, count) -> each.apply(points.narrow(0, from, count)));
    }

    /** Squared distances of rows from codes, less the squares of the rows, which decide nothing among codes: (M, K). */
    private static Tensor apart(Tensor rows, Tensor codes) {
        Tensor squares = codes.square().sum(1); // (K)
        return squares.sub(Tensors.scale(2, rows.matmul(codes.t()))); // (M, K)
    }

    /** The codes of these numbers, with gradients: fp32 (M, D). */
    Tensor of(Tensor numbers) {
        return codes.forward(numbers).to(ScalarType.Float);
    }

    /**
     * How far codes are from the nearest of rows, squared, a mean over values, with gradients of the codes alone. What no row is near to is
     * drawn to where rows are, and becomes the nearest of some.
     */
    Tensor strayed(Tensor rows) {
        return Scope.tidy(() -> {
            Tensor near = Scope.inference(() -> {
                Tensor own = codes.weight().to(ScalarType.Float); // (K, D)
                Tensor squares = rows.square().sum(1).unsqueeze(1); // (M, 1)
                Tensor nearest = inParts(own, rows.size(0), some -> squares.add(apart(rows, some))
                        .argmin(new LongOptional(0), false)); // (K)
                return rows.index_select(0, nearest); // (K, D)
            });
            return codes.weight().to(ScalarType.Float).sub(near).square().mean(); // ()
        });
    }
}
