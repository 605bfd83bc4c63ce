package dev.calotype.restore;

import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network that is told the level of the noise, and the holes of a picture if it learned to fill them. A grey image is a colour
 * image with three equal channels, whose answers are averaged. Large images are cut into pieces. Several looks at an image, turned
 * and mirrored, are averaged, which gains a little and costs as many times the time.
 *
 * @param network borrowed
 * @param looks 1, 2, 4 or 8
 */
public record LearnedDenoiser(DenoisingUNet network, int looks) implements GaussianDenoiser {
    /** What is told of holes, which are filled smoothly before: more than any noise. */
    private static final double HOLE = 1;

    /** What is told of holes that the network has filled before. */
    private static final double ANSWERED = 0.75;

    private static final Patchwork PIECES = new Patchwork(512, 64);
    private static final int CHANNELS = 3;

    public LearnedDenoiser {
        if (looks != 1 && looks != 2 && looks != 4 && looks != 8)
            throw new IllegalArgumentException("looks must be 1, 2, 4 or 8: " + looks);
    }

    @Override
    public Tensor denoise(Tensor noisy, double sigma) {
        if (!(sigma > 0)) throw new IllegalArgumentException("sigma must be more than 0: " + sigma);
        return answer(noisy, Device.of(noisy).move(Tensors.of(sigma)).reshape(1, 1, 1, 1));
    }

    /**
     * The estimate of a picture with holes, by a network that learned to fill them.
     *
     * @param filled smoothly or by this, with noise of the deviation {@code sigma} where it is known, (N, C, H, W)
     * @param again whether it was filled by this
     */
    Tensor fill(Tensor filled, Masking mask, double sigma, boolean again) {
        return Scope.tidy(() -> {
            Tensor level = levels(Tensors.scale(sigma, mask.mask(filled)), mask); // (1, 1, H, W)
            return answer(filled, again ? answered(level, isHole(level)) : level);
        });
    }

    /** What a network is told of pictures with noise of these levels and holes, (1, 1, H, W). */
    public static Tensor levels(Tensor sigma, Masking mask) {
        return Scope.tidy(() -> raised(sigma, Tensors.combine(-1, mask.mask(sigma), 1, torch.ones_like(sigma)), HOLE));
    }

    /** 1 where a hole is told of, 0 elsewhere. */
    public static Tensor isHole(Tensor level) {
        return level.ge(new Scalar(HOLE)).to(ScalarType.Float);
    }

    /** What is told where {@code missing} is 1 and was answered before. */
    public static Tensor answered(Tensor level, Tensor missing) {
        return Scope.tidy(() -> raised(level, missing, ANSWERED));
    }

    private static Tensor raised(Tensor level, Tensor missing, double to) {
        return level.add(missing.mul(Tensors.scale(-1, level).add(new Scalar(to))));
    }

    private Tensor answer(Tensor noisy, Tensor level) {
        if (noisy.size(1) != 1 && noisy.size(1) != CHANNELS)
            throw new IllegalArgumentException("channels must be 1 or 3: " + noisy.size(1));
        return Scope.tidy(() -> {
            Tensor colour = noisy.expand(noisy.size(0), CHANNELS, noisy.size(2), noisy.size(3)); // (N, 3, H, W)
            Tensor told = Tensors.cat(
                    1, colour, level.expand(noisy.size(0), 1, noisy.size(2), noisy.size(3))); // (N, 4, H, W)
            Tensor sum = null;
            for (int look = 0; look < looks; look++) {
                Tensor answer = back(PIECES.through(this::padded, seen(told, look)), look); // (N, 3, H, W)
                sum = sum == null ? answer : sum.add(answer);
            }
            Tensor mean = looks == 1 ? sum : sum.div(new Scalar((double) looks));
            return noisy.size(1) == 1 ? mean.mean(1).unsqueeze(1) : mean; // (N, C, H, W)
        });
    }

    /** The network for images of any size and their levels: their last rows and columns are repeated as far as it needs. */
    private Tensor padded(Tensor told) {
        long below = Math.floorMod(-told.size(2), (long) DenoisingUNet.MULTIPLE);
        long right = Math.floorMod(-told.size(3), (long) DenoisingUNet.MULTIPLE);
        Tensor whole = torch.replication_pad2d(told, 0, right, 0, below); // (N, 4, H', W')
        return network.denoise(whole.narrow(1, 0, CHANNELS), whole.narrow(1, CHANNELS, 1))
                .narrow(2, 0, told.size(2))
                .narrow(3, 0, told.size(3)); // (N, 3, H, W)
    }

    /** Mirrored for bit 0, turned by half for bit 1, and rows and columns exchanged for bit 2. */
    private static Tensor seen(Tensor x, int look) {
        Tensor mirrored = (look & 1) == 0 ? x : x.flip(3);
        Tensor turned = (look & 2) == 0 ? mirrored : mirrored.flip(2, 3);
        return (look & 4) == 0 ? turned : turned.transpose(2, 3);
    }

    private static Tensor back(Tensor x, int look) {
        Tensor upright = (look & 4) == 0 ? x : x.transpose(2, 3);
        Tensor turned = (look & 2) == 0 ? upright : upright.flip(2, 3);
        return (look & 1) == 0 ? turned : turned.flip(3);
    }
}
