package dev.calotype.nn;

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
    };

    /** A tensor of the same shape. */
    public abstract Tensor apply(Tensor x);
}
