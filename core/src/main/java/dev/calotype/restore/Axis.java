package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A matrix M for the rows or columns of images, and the eigenvectors of M Mᵀ. It lies in Java memory. */
final class Axis {
    /** Made before: the steps of a restoration use the same again and again. */
    private static final Map<Key, Axis> KNOWN = new ConcurrentHashMap<>();

    private static final int MAX_KNOWN = 16;

    private record Key(LinearOperator operator, long length) {}

    /** The eigenvectors as columns, and the eigenvalues. */
    private record Spectrum(float[] vectors, double[] values) {}

    private final int outputs;
    private final int inputs;
    private final float[] weights;
    private Spectrum spectrum;

    private Axis(double[][] matrix) {
        outputs = matrix.length;
        inputs = matrix[0].length;
        weights = flat(matrix);
    }

    /** A matrix row by row. */
    static float[] flat(double[][] matrix) {
        int columns = matrix[0].length;
        float[] values = new float[Math.multiplyExact(matrix.length, columns)];
        for (int i = 0; i < values.length; i++) values[i] = (float) matrix[i / columns][i % columns];
        return values;
    }

    /** The matrix of an operator for {@code length} pixels, its rows made by {@code matrix} if it is not known. */
    static Axis of(LinearOperator operator, long length, Supplier<double[][]> matrix) {
        Key key = new Key(operator, length);
        Axis known = KNOWN.get(key);
        if (known != null) return known;
        Axis made = new Axis(matrix.get());
        if (KNOWN.size() >= MAX_KNOWN) KNOWN.clear();
        KNOWN.put(key, made);
        return made;
    }

    /** M, (outputs, inputs). */
    Tensor matrix(Tensor like) {
        return Tensors.as(Tensors.of(weights, outputs, inputs), like);
    }

    /** U of M Mᵀ = U diag(s) Uᵀ, (outputs, outputs). */
    Tensor vectors(Tensor like) {
        return Tensors.as(Tensors.of(spectrum().vectors, outputs, outputs), like);
    }

    /** s of M Mᵀ = U diag(s) Uᵀ, (outputs). */
    Tensor values(Tensor like) {
        return Tensors.as(Tensors.of(spectrum().values), like);
    }

    private synchronized Spectrum spectrum() {
        if (spectrum == null)
            spectrum = Scope.read(() -> {
                double[] doubles = new double[weights.length];
                for (int i = 0; i < doubles.length; i++) doubles[i] = weights[i];
                Tensor m = Tensors.ofDoubles(doubles, outputs, inputs);
                T_TensorTensor_T pair = torch.linalg_eigh(m.matmul(m.t()));
                double[] values = Tensors.doubles(pair.get0());
                for (int i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]);
                return new Spectrum(Tensors.floats(pair.get1()), values);
            });
        return spectrum;
    }
}
