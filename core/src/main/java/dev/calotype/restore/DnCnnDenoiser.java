package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.model.DnCnn;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that was trained for one level of noise, used for all: the contrast of the image is changed about mid-grey until
 * its noise has that level, and changed back. It is never raised: below the trained level more than the noise goes. A
 * grey network takes each channel for itself. Large images are cut into tiles with as much around them as the network
 * sees, which changes nothing but memory.
 *
 * @param network borrowed
 * @param trained the standard deviation that it was trained for, in units of 0..255
 * @param tile the side of a tile in pixels, at least 1
 */
public record DnCnnDenoiser(DnCnn network, double trained, int tile) implements GaussianDenoiser {
    private static final int TILE = 256;

    public DnCnnDenoiser {
        if (!(trained > 0)) throw new IllegalArgumentException("the trained level must be more than 0: " + trained);
        new Patchwork(tile, network.reach());
    }

    /** With tiles of 256 pixels. */
    public DnCnnDenoiser(DnCnn network, double trained) {
        this(network, trained, TILE);
    }

    @Override
    public Tensor denoise(Tensor noisy, double sigma) {
        if (!(sigma > 0)) throw new IllegalArgumentException("sigma must be more than 0: " + sigma);
        double contrast = Math.min(1, trained / (Images.LEVELS * sigma));
        long channels = network.channels();
        if (noisy.size(1) % channels != 0)
            throw new IllegalArgumentException(
                    "the channels of an image must be a multiple of the network's " + channels + ": " + noisy.size(1));
        return Scope.tidy(() -> {
            Tensor planes = noisy.reshape(-1, channels, noisy.size(2), noisy.size(3)); // (N C / c, c, H, W)
            Tensor unit = planes.mul(new Scalar(contrast / 2)).add(new Scalar(0.5));
            Patchwork pieces = new Patchwork(tile, network.reach());
            Tensor[] clean = new Tensor[Math.toIntExact(unit.size(0))];
            for (int i = 0; i < clean.length; i++) clean[i] = pieces.through(network::denoise, unit.narrow(0, i, 1));
            Tensor back = Tensors.cat(0, clean).add(new Scalar(-0.5)).mul(new Scalar(2 / contrast));
            return back.reshape(Tensors.shape(noisy));
        });
    }
}
