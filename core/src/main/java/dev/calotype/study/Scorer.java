package dev.calotype.study;

import dev.calotype.image.Images;
import dev.calotype.metric.Lpips;
import dev.calotype.metric.Psnr;
import dev.calotype.metric.Ssim;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.restoration.Scoring;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Holds estimates against one truth, after both were rounded to 8 bits. */
final class Scorer implements AutoCloseable {
    private static final int SSIM_WINDOW = 11;
    private static final double[] BT601 = {65.481, 128.553, 24.966}; // of values in 0..1, to 0..219

    private final Scoring scoring;
    private final Tensor truth; // uint8 (1, C, H, W), all of it
    private final Tensor compared; // uint8, what is compared
    private final PerceptualNetwork perceptual;

    /** @param truth fp32 (1, C, H, W) in [-1, 1] */
    Scorer(Scoring scoring, Tensor truth, PerceptualNetwork perceptual) throws IOException {
        this.scoring = scoring;
        this.perceptual = perceptual;
        this.truth = Scope.keep(() -> Images.toPixels(truth));
        compared = Scope.keep(() -> compared(this.truth));
    }

    /** The peak signal-to-noise ratio of fp32 (1, C, H, W) in [-1, 1], in dB. */
    double psnr(Tensor image) {
        return Scope.read(() -> Psnr.between(compared, compared(Images.toPixels(image)))[0]);
    }

    /** The structural similarity, by the paper's window; null for a picture smaller than it. */
    Double ssim(Tensor image) {
        if (Math.min(compared.size(2), compared.size(3)) < SSIM_WINDOW) return null;
        return Scope.read(() -> Ssim.GAUSSIAN.between(compared, compared(Images.toPixels(image)))[0]);
    }

    /** The perceptual distance of the whole pictures in colour; null without a network. */
    Double lpips(Tensor image) {
        if (perceptual == null) return null;
        return Scope.read(() -> new Lpips(perceptual).between(truth, Images.toPixels(image))[0]);
    }

    private Tensor compared(Tensor pixels) {
        int border = scoring.border();
        long height = pixels.size(2) - 2L * border, width = pixels.size(3) - 2L * border;
        if (height < 1 || width < 1)
            throw new IllegalArgumentException("a border of " + border + " leaves nothing of " + pixels.size(3) + " x "
                    + pixels.size(2) + " pixels");
        Tensor inner = pixels.narrow(2, border, height).narrow(3, border, width);
        return scoring.colour() == Scoring.Colour.LUMA && inner.size(1) == 3 ? luma(inner) : inner;
    }

    private static Tensor luma(Tensor pixels) {
        Tensor weights = Tensors.ofDoubles(BT601, 1, 3, 1, 1);
        Tensor y =
                pixels.to(ScalarType.Double).div(new Scalar(255.0)).mul(weights).sum(new long[] {1}, true, null);
        return y.add(new Scalar(16 + 0.5)).to(ScalarType.Byte); // (1, 1, H, W), rounded half up
    }

    @Override
    public void close() {
        truth.close();
        compared.close();
    }
}
