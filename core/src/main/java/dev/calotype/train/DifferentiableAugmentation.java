package dev.calotype.train;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Changes that real and generated images alike undergo before they are judged, through which the generator still gets its
 * gradient: a discriminator with few images then learns no image by heart (Zhao et al. 2020, arXiv:2006.10738). Each image
 * draws its own.
 */
public record DifferentiableAugmentation(Set<Change> changes) {
    /** One kind of change, as in the paper. */
    public enum Change {
        /** Brightness by up to 0.5, saturation by a factor of 0 to 2, contrast by one of 0.5 to 1.5. */
        COLOUR {
            @Override
            Tensor apply(Tensor x, Rng rng) {
                Tensor bright = x.add(draw(x, rng).sub(new Scalar(0.5))); // (N, C, H, W)
                Tensor grey = bright.mean(1).unsqueeze(1); // (N, 1, H, W)
                Tensor vivid = grey.add(bright.sub(grey).mul(Tensors.scale(2, draw(x, rng))));
                Tensor mean = Tensors.perSample(vivid.mean(1, 2, 3), x); // (N, 1, 1, 1)
                return mean.add(vivid.sub(mean).mul(draw(x, rng).add(new Scalar(0.5))));
            }
        },
        /** By up to an eighth of the side; grey comes in. */
        TRANSLATION {
            @Override
            Tensor apply(Tensor x, Rng rng) {
                long height = x.size(2), width = x.size(3);
                int reach = Math.round(Math.max(height, width) / 8f);
                Tensor padded = torch.constant_pad_nd(x, new long[] {reach, reach, reach, reach}, new Scalar(0));
                Tensor[] images = Tensors.list(padded.unbind(0));
                for (int i = 0; i < images.length; i++)
                    images[i] = images[i]
                            .narrow(1, rng.nextInt(2 * reach + 1), height)
                            .narrow(2, rng.nextInt(2 * reach + 1), width); // (C, H, W)
                return Tensors.stack(0, images); // (N, C, H, W)
            }
        },
        /** A square of half the side becomes grey. */
        CUTOUT {
            @Override
            Tensor apply(Tensor x, Rng rng) {
                int count = (int) x.size(0), height = (int) x.size(2), width = (int) x.size(3);
                float[] mask = new float[count * height * width];
                java.util.Arrays.fill(mask, 1);
                for (int i = 0; i < count; i++) {
                    int top = rng.nextInt(height + 1) - height / 4, left = rng.nextInt(width + 1) - width / 4;
                    for (int y = Math.max(0, top); y < Math.min(height, top + height / 2); y++)
                        for (int c = Math.max(0, left); c < Math.min(width, left + width / 2); c++)
                            mask[(i * height + y) * width + c] = 0;
                }
                return x.mul(Tensors.as(Tensors.of(mask, count, 1, height, width), x)); // (N, C, H, W)
            }
        };

        abstract Tensor apply(Tensor x, Rng rng);

        /** Uniform in [0, 1), one value per image. */
        static Tensor draw(Tensor x, Rng rng) {
            return Tensors.as(rng.uniform(x.size(0), 1, 1, 1), x);
        }
    }

    /** Leaves images as they are. */
    public static final DifferentiableAugmentation NONE = new DifferentiableAugmentation(Set.of());

    public DifferentiableAugmentation {
        changes = changes.isEmpty() ? Set.of() : java.util.Collections.unmodifiableSet(EnumSet.copyOf(changes));
    }

    /** Those of a list, each once. */
    public static DifferentiableAugmentation of(List<Change> changes) {
        return new DifferentiableAugmentation(Set.copyOf(changes));
    }

    /** The images (N, C, H, W) changed, as {@code rng} draws it. */
    public Tensor apply(Tensor x, Rng rng) {
        if (changes.isEmpty()) return x;
        return Scope.tidy(() -> {
            Tensor changed = x;
            for (Change change : changes) changed = change.apply(changed, rng.fork(change.ordinal()));
            return changed;
        });
    }
}
