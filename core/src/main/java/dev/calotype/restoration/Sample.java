package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.restore.GaussianNoise;
import dev.calotype.restore.Noise;
import dev.calotype.restore.Observation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * A square of a damaged picture, small enough to try methods on: where most is missing, else its middle.
 *
 * @param observation of the square; its tensors belong to the scope of {@link #of}
 * @param noise that came to it
 */
record Sample(Observation observation, Noise noise) {
    private static final int SIDE = 192; // pixels of the answer
    private static final int BLOCK = 16; // of JPEG

    /** @param sigma of the noise, in [-1, 1] */
    static Sample of(Seen seen, Damaged.Parts parts, int scale, double sigma) {
        int side = Math.max(BLOCK, SIDE / scale);
        int width = Math.min(side, seen.width()), height = Math.min(side, seen.height());
        int left = (seen.width() - width) / 2 / BLOCK * BLOCK, top = (seen.height() - height) / 2 / BLOCK * BLOCK;
        if (parts.hole().isPresent()) {
            int[] corner = fullest(parts.hole().get(), width, height);
            left = corner[0];
            top = corner[1];
        }
        Tensor image = seen.part(left, top, width, height);
        Observation observation =
                new Observation(image, parts.operator(left, top, width, height), sigma, parts.feasible());
        return new Sample(observation, parts.noise().orElse(new GaussianNoise(sigma * Images.LEVELS)));
    }

    /** The upper left corner of the square, of a grid of half its side, in which most pixels are missing but not all. */
    private static int[] fullest(HoleMask hole, int width, int height) {
        Picture missing = hole.missing();
        int[] best = {0, 0};
        long most = -1;
        for (int top : starts(missing.height(), height))
            for (int left : starts(missing.width(), width)) {
                long count = 0;
                for (int y = top; y < top + height; y++)
                    for (int x = left; x < left + width; x++) if (missing.at(x, y, 0) != 0) count++;
                if (count <= most || count == (long) width * height) continue;
                most = count;
                best = new int[] {left, top};
            }
        return best;
    }

    private static int[] starts(int size, int side) {
        int count = 1 + (2 * (size - side) + side - 1) / side;
        int[] starts = new int[count];
        for (int i = 1; i < count; i++) starts[i] = (int) ((long) i * (size - side) / (count - 1));
        return starts;
    }

    /** Pixels of the answer. */
    long pixels() {
        return observation.size().height() * observation.size().width();
    }

    String size() {
        return observation.size().width() + " x " + observation.size().height();
    }

    /** What the same damage makes of an image. */
    Tensor again(Tensor image, Rng rng) {
        return Tensors.clip(noise.add(observation.operator().apply(image), rng));
    }
}
