package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What stands between two layers, value by value. */
public enum Activation {
    RELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.relu(x);
        }
    },
    /** Leaks 0.2, as in the discriminator of DCGAN. */
    LEAKY_RELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.leaky_relu(x, new Scalar(0.2));
        }
    },
    /** Bounded by 6. */
    RELU6 {
        @Override
        public Tensor apply(Tensor x) {
            return torch.relu6(x);
        }
    },
    ELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.elu(x);
        }
    },
    SILU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.silu(x);
        }
    },
    GELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x);
        }
    },
    /** x tanh(log(1 + e^x)) (Misra 2020). */
    MISH {
        @Override
        public Tensor apply(Tensor x) {
            return torch.mish(x);
        }
    },
    /** GELU with the approximation by a hyperbolic tangent (Hendrycks &amp; Gimpel 2016), as in SigLIP. */
    GELU_TANH {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x, "tanh");
        }
    },
    /** GELU with the approximation x sigmoid(1.702 x), as in OpenAI's CLIP. */
    QUICK_GELU {
        @Override
        public Tensor apply(Tensor x) {
            return Scope.tidy(() -> x.mul(torch.sigmoid(x.mul(new Scalar(1.702)))));
        }
    };

    /** A tensor of the same shape. */
    public abstract Tensor apply(Tensor x);
}
