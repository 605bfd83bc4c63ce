package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Divides a kernel by its largest singular value (Miyato et al. 2018, arXiv:1802.05957), which one power iteration per
 * call follows. The vector it goes on from is a buffer: part of the state of a training.
 */
public final class SpectralNorm extends Module {
    private final Tensor left;

    /** @param rows output channels of the kernel */
    public SpectralNorm(long rows) {
        super("SpectralNorm");
        left = register_buffer("left", Tensors.scale(1 / Math.sqrt(rows), torch.ones(rows)));
    }

    /** The kernel (rows, ...) divided. */
    public Tensor apply(Tensor kernel) {
        return Scope.tidy(() -> {
            Tensor matrix = kernel.to(ScalarType.Float).flatten(1, kernel.dim() - 1); // (rows, columns)
            Tensor right = Scope.inference(() -> {
                Tensor v = unit(matrix.t().mv(left)); // (columns)
                left.copy_(unit(matrix.mv(v)));
                return v;
            });
            Tensor sigma = left.clone().dot(matrix.mv(right));
            return kernel.div(sigma.to(Tensors.dtype(kernel))); // (rows, ...)
        });
    }

    private static Tensor unit(Tensor x) {
        return x.div(x.norm().clamp_min(new Scalar(1e-12)));
    }
}
