package dev.calotype.train;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a discriminator and a generator each want of the answers (N) to real and to generated images. */
public enum AdversarialLoss {
    /** Cross-entropy; the generator raises log D, not lowers log(1 - D) (Goodfellow et al. 2014, arXiv:1406.2661). */
    NON_SATURATING {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake, double smoothing) {
            Tensor onReal = torch.softplus(real).sub(Tensors.scale(1 - smoothing, real)); // (N)
            return onReal.mean().add(torch.softplus(fake).mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return torch.softplus(fake.neg()).mean();
        }
    },
    /** Squared distance from 1 and 0 (Mao et al. 2017, arXiv:1611.04076). */
    LEAST_SQUARES {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake, double smoothing) {
            Tensor onReal = real.sub(new Scalar(1 - smoothing)).square(); // (N)
            return Tensors.combine(0.5, onReal.mean(), 0.5, fake.square().mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return Tensors.scale(0.5, fake.sub(new Scalar(1.0)).square().mean());
        }

        @Override
        double boundary(Tensor real, Tensor fake) {
            return 0.5;
        }
    },
    /** Distance from the margins 1 and -1 (Lim &amp; Ye 2017, arXiv:1705.02894). */
    HINGE {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake, double smoothing) {
            Tensor onReal = torch.relu(real.neg().add(new Scalar(1.0))); // (N)
            return onReal.mean().add(torch.relu(fake.add(new Scalar(1.0))).mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return fake.mean().neg();
        }
    },
    /** The dual of the Wasserstein distance; wants a gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028). */
    WASSERSTEIN {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake, double smoothing) {
            return fake.mean().sub(real.mean());
        }

        @Override
        public Tensor generator(Tensor fake) {
            return fake.mean().neg();
        }

        @Override
        double boundary(Tensor real, Tensor fake) {
            return (real.mean().item_double() + fake.mean().item_double()) / 2;
        }
    };

    /**
     * What the discriminator lowers, a scalar.
     *
     * @param smoothing by how much the target of a real image falls short of 1, in [0, 0.5]; the losses without targets
     *     do without (Salimans et al. 2016, arXiv:1606.03498: one-sided)
     */
    public abstract Tensor discriminator(Tensor real, Tensor fake, double smoothing);

    /** What the generator lowers, a scalar. */
    public abstract Tensor generator(Tensor fake);

    /** Whether label smoothing changes anything. */
    public boolean hasTargets() {
        return this == NON_SATURATING || this == LEAST_SQUARES;
    }

    /** The answer above which the discriminator takes an image for real. */
    double boundary(Tensor real, Tensor fake) {
        return 0;
    }
}
