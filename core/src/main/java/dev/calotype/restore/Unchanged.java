package dev.calotype.restore;

import dev.calotype.image.Resize;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.LinearOperator.Size;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The observation itself, clipped to [-1, 1]: what any method has to beat. A reduced picture is enlarged bicubically with the
 * weights of Pillow. Missing pixels stay mid-grey.
 */
public record Unchanged() implements Restorer {
    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        return new Restored(Scope.inference(() -> Tensors.clip(enlarged(observation))), 0, 0);
    }

    /** The observation in the size of the image behind it, not clipped. */
    static Tensor enlarged(Observation observation) {
        Tensor y = observation.image();
        Size size = observation.size();
        if (size.equals(Size.of(y))) return y;
        Tensor rows = weights(y.size(2), size.height(), y); // (H, H')
        Tensor columns = weights(y.size(3), size.width(), y); // (W, W')
        return rows.matmul(y).matmul(columns.t()); // (N, C, H, W)
    }

    private static Tensor weights(long from, long to, Tensor like) {
        double[][] matrix = Resize.weights(Math.toIntExact(from), Math.toIntExact(to), Filter.BICUBIC);
        return Tensors.as(Tensors.of(Axis.flat(matrix), to, from), like);
    }
}
