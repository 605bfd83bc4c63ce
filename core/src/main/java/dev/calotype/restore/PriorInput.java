package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What an untrained network makes its picture of.
 *
 * @param channels of noise; the other kinds have their own number
 * @param jitter the standard deviation of noise that is added anew in every iteration, at least 0
 */
public record PriorInput(Kind kind, int channels, double jitter) {
    /** Where the values come from. */
    public enum Kind {
        /** Uniform noise in [0, 0.1), drawn once. */
        NOISE,
        /** Two channels that say where a pixel is, from 0 to 1: smooth pictures. */
        MESH,
        /** The observation itself, taken back by the pseudo-inverse of the operator, in [0, 1]. */
        OBSERVATION,
        /** What another restorer has answered, in [0, 1]; until that is known, as {@link #OBSERVATION}. */
        ESTIMATE;

        /** Whether it is a picture, as large as the answer. */
        boolean isPicture() {
            return this == OBSERVATION || this == ESTIMATE;
        }
    }

    private static final double NOISE_RANGE = 0.1;

    public PriorInput {
        if (channels < 1 || channels > 1024)
            throw new IllegalArgumentException("channels must be in 1..1024: " + channels);
        if (!(jitter >= 0)) throw new IllegalArgumentException("jitter must be at least 0: " + jitter);
    }

    /** How many channels the network must take. */
    int channelsFor(Observation observation) {
        return switch (kind) {
            case NOISE -> channels;
            case MESH -> 2;
            case OBSERVATION, ESTIMATE -> (int) observation.image().size(1);
        };
    }

    /** The input, fp32 (1, C, height, width). */
    Tensor draw(Observation observation, LinearOperator.Size size, Rng rng) {
        return switch (kind) {
            case NOISE -> Tensors.scale(NOISE_RANGE, rng.uniform(1, channels, size.height(), size.width()));
            case MESH -> mesh(size);
            case OBSERVATION, ESTIMATE -> continued(unit(observation.operator().invert(observation.image(), 0)), size);
        };
    }

    private static Tensor mesh(LinearOperator.Size size) {
        Tensor x = ramp(size.width()).reshape(1, 1, 1, -1).expand(1, 1, size.height(), size.width());
        Tensor y = ramp(size.height()).reshape(1, 1, -1, 1).expand(1, 1, size.height(), size.width());
        return Tensors.cat(1, x, y); // (1, 2, H, W)
    }

    private static Tensor ramp(long length) {
        return torch.arange(new Scalar(length)).div(new Scalar((double) Math.max(1, length - 1)));
    }

    /** From [-1, 1] to [0, 1]. */
    static Tensor unit(Tensor image) {
        return Tensors.scale(0.5, image).add(new Scalar(0.5));
    }

    /** The picture with its last row and column repeated to {@code size}. */
    static Tensor continued(Tensor picture, LinearOperator.Size size) {
        return torch.replication_pad2d(picture, 0, size.width() - picture.size(3), 0, size.height() - picture.size(2));
    }
}
