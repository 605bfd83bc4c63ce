package dev.calotype.train.mixing;

import dev.calotype.column.Column;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Mirrors, enlarges, turns, stretches and moves images at random, and says how, so that a network which is told draws none of it where
 * it is told nothing (Karras et al. 2022, arXiv:2206.00364, appendix F.2). With few images it keeps a model from learning them by heart.
 *
 * <p>Each change happens or not, of its own. What comes in at the edges is mirrored.
 *
 * @param probability of each change, 0..1; 0 for none at all
 * @param mirror whether images are mirrored, and then half of all, whatever the probability
 * @param flip whether they are put upside down, half of those that are chosen
 * @param scale the standard deviation of the power of 2 by which they are enlarged
 * @param rotation the share of a half turn by which they are turned at most, either way, 0..1
 * @param stretch the standard deviation of the power of 2 by which they are made longer along a random direction, and as much narrower across
 * @param shift the standard deviation of what they are moved by, as a share of their side
 */
public record NonLeakingAugmentation(
        double probability, boolean mirror, boolean flip, double scale, double rotation, double stretch, double shift) {
    /**
     * How many numbers say what was done to an image, all 0 if nothing: mirrored, upside down (0 or 1), the power of the scale in deviations,
     * cosine less 1 and sine of the turn, the power of the stretch in deviations along x and y of its direction, the shift in deviations.
     */
    public static final int VALUES = 9;

    private static final int BICUBIC = 2, REFLECTED = 2;

    /**
     * Images and what was done to them.
     *
     * @param images (N, C, H, W) in [-1, 1]
     * @param changes (N) of {@link #VALUES}
     */
    public record Changed(Tensor images, Column.Floats changes) {}

    public NonLeakingAugmentation {
        within("probability", probability, 1);
        within("scale", scale, 2);
        within("rotation", rotation, 1);
        within("stretch", stretch, 2);
        within("shift", shift, 1);
    }

    private static void within(String name, double value, int most) {
        if (!(value >= 0 && value <= most))
            throw new IllegalArgumentException("nonLeaking." + name + " must be in 0.." + most + ": " + value);
    }

    /** Whether anything is done. */
    public boolean used() {
        return probability > 0;
    }

    /** Changes square images, fp32 (N, C, S, S) in [-1, 1]; those that are left as they are stay so to the bit. */
    public Changed of(Tensor images, Rng rng) {
        int count = (int) images.size(0);
        float[] told = new float[count * VALUES], sources = new float[count * 6];
        float[] touched = new float[count];
        for (int i = 0; i < count; i++) {
            float[] changes = drawn(rng.fork(i));
            System.arraycopy(changes, 0, told, i * VALUES, VALUES);
            System.arraycopy(source(changes), 0, sources, i * 6, 6);
            for (float change : changes) if (change != 0) touched[i] = 1;
        }
        Tensor changed = Scope.tidy(() -> {
            Tensor where =
                    Tensors.as(Tensors.of(touched, count, 1, 1, 1), images).to(ScalarType.Bool);
            return torch.where(where, warped(images, sources), images);
        });
        return new Changed(changed, new Column.Floats(told, List.of(VALUES)));
    }

    /** What is done to one image, {@link #VALUES} numbers. */
    private float[] drawn(Rng rng) {
        boolean[] chosen = new boolean[5];
        for (int i = 0; i < chosen.length; i++) chosen[i] = rng.nextDouble() < probability;
        float[] normal = Scope.read(() -> Tensors.floats(Device.CPU.move(rng.normal(4))));
        double angle = Math.PI * rotation * (2 * rng.nextDouble() - 1);
        double direction = 2 * Math.PI * rng.nextDouble();
        boolean mirrored = rng.nextDouble() < 0.5, upsideDown = rng.nextDouble() < 0.5;
        float[] changes = new float[VALUES];
        if (mirror && mirrored) changes[0] = 1;
        if (flip && chosen[0] && upsideDown) changes[1] = 1;
        if (scale > 0 && chosen[1]) changes[2] = normal[0];
        if (rotation > 0 && chosen[2]) {
            changes[3] = (float) (Math.cos(angle) - 1);
            changes[4] = (float) Math.sin(angle);
        }
        if (stretch > 0 && chosen[3]) {
            changes[5] = (float) (normal[1] * Math.cos(direction));
            changes[6] = (float) (normal[1] * Math.sin(direction));
        }
        if (shift > 0 && chosen[4]) {
            changes[7] = normal[2];
            changes[8] = normal[3];
        }
        return changes;
    }

    /**
     * Where the pixels of a changed image come from: the rows of a matrix (2, 3) for places in -1..1, x to the right and y down. It undoes, from the
     * last to the first, mirroring, enlarging, turning counter-clockwise as pictures lie, stretching and moving.
     */
    float[] source(float[] changes) {
        double cos = changes[3] + 1, sin = changes[4];
        double size = Math.pow(2, -scale * changes[2]);
        double x = size * (1 - 2 * changes[0]), y = size * (1 - 2 * changes[1]);
        double power = Math.hypot(changes[5], changes[6]);
        double c = power == 0 ? 1 : changes[5] / power, s = power == 0 ? 0 : changes[6] / power;
        double along = Math.pow(2, -stretch * power), across = 1 / along;
        // (along in the direction (c, s), across at right angles) before the turn back, before the scale and the
        // mirrors
        double a = c * c * along + s * s * across, b = c * s * (along - across), d = s * s * along + c * c * across;
        double[] linear = {
            x * (cos * a - sin * b), x * (cos * b - sin * d), y * (sin * a + cos * b), y * (sin * b + cos * d)
        };
        double right = 2 * shift * changes[7], down = 2 * shift * changes[8];
        return new float[] {
            (float) linear[0], (float) linear[1], (float) -(linear[0] * right + linear[1] * down),
            (float) linear[2], (float) linear[3], (float) -(linear[2] * right + linear[3] * down)
        };
    }

    /** Images whose pixels come from other places, six numbers for each. */
    static Tensor warped(Tensor images, float[] sources) {
        long count = images.size(0);
        long[] shape = {count, images.size(1), images.size(2), images.size(3)};
        Tensor theta = Tensors.as(Tensors.of(sources, count, 2, 3), images); // (N, 2, 3)
        Tensor grid = torch.affine_grid_generator(theta, shape, false); // (N, H, W, 2)
        return Tensors.clip(torch.grid_sampler_2d(images.contiguous(), grid, BICUBIC, REFLECTED, false));
    }
}
