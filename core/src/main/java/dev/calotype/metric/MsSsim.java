package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The structural similarity over several scales of Wang, Simoncelli &amp; Bovik (2003): contrast and structure at each
 * scale, luminance at the coarsest, each with the exponent of its scale; 1 for equal pictures. Windows are those of
 * {@link Ssim#GAUSSIAN}; each scale halves the picture by averaging 2 x 2 pixels, a last odd row or column left out.
 * Negative terms count as 0. Values of different numbers of scales do not compare.
 *
 * <p>The five exponents are taken as published, as pytorch-msssim and piq do, though they sum to 1.0001; those of fewer scales
 * are divided by their sum. With odd sides those two pad before they halve and so give other values.
 *
 * @param scales in 1..5
 */
public record MsSsim(int scales) {
    private static final double[] EXPONENTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
    private static final int WINDOW = 11;

    public MsSsim {
        if (scales < 1 || scales > EXPONENTS.length)
            throw new IllegalArgumentException("scales must be in 1.." + EXPONENTS.length + ": " + scales);
    }

    /** The five scales of the paper, for pictures of at least 176 pixels per side. */
    public static MsSsim standard() {
        return new MsSsim(EXPONENTS.length);
    }

    /** As many scales as pictures of this size have, their exponents scaled to sum to 1; a side is at least 11 pixels. */
    public static MsSsim fitting(long height, long width) {
        long side = Math.min(height, width);
        int scales = 1;
        while (scales < EXPONENTS.length && side >> scales >= WINDOW) scales++;
        return new MsSsim(scales);
    }

    /** The smallest side of a picture in pixels. */
    public int smallest() {
        return WINDOW << (scales - 1);
    }

    /**
     * The similarity of each picture of a batch.
     *
     * @param reference (N, C, H, W): uint8, or floating in [-1, 1], then clipped but not rounded
     * @param image in the same shape and type
     * @return N values in 0..1
     */
    public double[] between(Tensor reference, Tensor image) {
        return Scope.read(() -> {
            ImagePair pair = ImagePair.of(reference, image);
            if (Math.min(reference.size(2), reference.size(3)) < smallest())
                throw new IllegalArgumentException("MS-SSIM of " + scales + " scales wants pictures of at least "
                        + smallest() + " x " + smallest() + ": " + reference.size(3) + " x " + reference.size(2));
            Tensor x = pair.reference().reshape(-1, 1, reference.size(2), reference.size(3)); // (N C, 1, H, W)
            Tensor y = pair.image().reshape(-1, 1, reference.size(2), reference.size(3)); // (N C, 1, H, W)
            double total = scales == EXPONENTS.length
                    ? 1
                    : Arrays.stream(EXPONENTS).limit(scales).sum();
            double[] similarity = new double[Math.toIntExact(x.size(0))];
            Arrays.fill(similarity, 1);
            for (int scale = 0; scale < scales; scale++) {
                if (scale > 0) {
                    x = torch.avg_pool2d(x, 2); // (N C, 1, H / 2^s, W / 2^s)
                    y = torch.avg_pool2d(y, 2); // (N C, 1, H / 2^s, W / 2^s)
                }
                Ssim.Terms terms = Ssim.GAUSSIAN.terms(x, y);
                Tensor term = scale < scales - 1
                        ? terms.structure()
                        : terms.luminance().mul(terms.structure());
                double[] means = Tensors.doubles(Tensors.meanPerSample(term)); // (N C)
                for (int i = 0; i < means.length; i++)
                    similarity[i] *= Math.pow(Math.max(0, means[i]), EXPONENTS[scale] / total);
            }
            return Tensors.doubles(Tensors.ofDoubles(similarity, reference.size(0), reference.size(1))
                    .mean(1));
        });
    }
}
