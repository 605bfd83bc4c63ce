package dev.calotype.kind.prior;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The means and deviations of vectors, so that networks see and predict values of unit variance.
 *
 * @param mean E values
 * @param deviation E values, above 0
 */
record Standard(float[] mean, float[] deviation) {
    private static final double LEAST = 1e-6;

    /** Of the rows of {@code values}, N rows of {@code length}. */
    static Standard of(float[] values, int length) {
        float[] mean = new float[length], deviation = new float[length];
        int count = values.length / length;
        for (int j = 0; j < length; j++) {
            double sum = 0, squares = 0;
            for (int i = 0; i < count; i++) sum += values[i * length + j];
            double middle = sum / count;
            for (int i = 0; i < count; i++) squares += Math.pow(values[i * length + j] - middle, 2);
            mean[j] = (float) middle;
            deviation[j] = (float) Math.max(LEAST, Math.sqrt(squares / count));
        }
        return new Standard(mean, deviation);
    }

    /** What {@link #put} has put under {@code name}. */
    static Standard of(Map<String, Tensor> tensors, String name) {
        return new Standard(
                Tensors.floats(tensors.get(name + "-mean")), Tensors.floats(tensors.get(name + "-deviation")));
    }

    /** Puts both under names that begin with {@code name}, in the caller's scope. */
    void put(Map<String, Tensor> tensors, String name) {
        tensors.put(name + "-mean", Tensors.of(mean, mean.length));
        tensors.put(name + "-deviation", Tensors.of(deviation, deviation.length));
    }

    /** Vectors with mean 0 and deviation 1, fp32 (N, E). */
    Tensor apply(Tensor vectors) {
        return Scope.tidy(() -> vectors.sub(on(vectors, mean)).div(on(vectors, deviation))); // (N, E)
    }

    /** The vector of length 1 of each row that {@link #apply} has made, fp32 (N, E). */
    Tensor unit(Tensor standard) {
        return Scope.tidy(() -> unitOf(standard.mul(on(standard, deviation)).add(on(standard, mean)))); // (N, E)
    }

    /** Rows at length 1. */
    static Tensor unitOf(Tensor rows) {
        return Scope.tidy(() -> {
            Tensor squares = Tensors.scale(rows.size(1), Tensors.meanPerSample(rows.square())); // (N)
            return rows.div(squares.add(new Scalar(1e-24)).sqrt().unsqueeze(1)); // (N, E)
        });
    }

    private static Tensor on(Tensor like, float[] values) {
        return Device.of(like).move(Tensors.of(values, values.length));
    }
}
