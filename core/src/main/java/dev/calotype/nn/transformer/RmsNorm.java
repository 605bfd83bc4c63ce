package dev.calotype.nn.transformer;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Divides the last dimension by the root of the mean of its squares, and scales each value (Zhang and Sennrich 2019). */
public final class RmsNorm extends Module {
    private final double epsilon;
    private final Tensor weight; // (D)

    /** @param width D */
    public RmsNorm(long width, double epsilon) {
        super("RmsNorm");
        this.epsilon = epsilon;
        weight = Device.CPU.zeros(width).fill_(new Scalar(1.0)).requires_grad_(true);
        register_parameter("weight", weight);
    }

    /** @param x (..., D); the mean is taken in fp32 */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor exact = x.to(ScalarType.Float);
            Tensor mean = exact.square().mean(new long[] {-1}, true, null);
            Tensor scaled = exact.mul(mean.add(new Scalar(epsilon)).rsqrt()); // (..., D)
            return Tensors.as(scaled, x).mul(weight);
        });
    }
}
