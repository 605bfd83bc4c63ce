package dev.calotype.model;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Deep decoders (Heckel &amp; Hand 2019, arXiv:1810.03982) of many images at once, each with weights of its own: maps of
 * single pixels, enlargement, rectification, normalisation. All images go through one product of batches of matrices.
 */
public final class DecoderBank extends Module {
    private static final double EPSILON = 1e-5;

    private final List<Tensor> maps = new ArrayList<>();
    private final List<Tensor> gains = new ArrayList<>();
    private final List<Tensor> shifts = new ArrayList<>();
    private final Tensor last;
    private final Tensor input;
    private final int images;
    private final int width;
    private final int start;

    /**
     * The architecture.
     *
     * @param images N
     * @param channels of an image
     * @param size pixels per side, a multiple of 2^levels
     * @param width channels of each level; few of them cannot fit noise
     * @param levels each twice as large as the one before
     */
    public record Config(int images, int channels, int size, int width, int levels) {
        public Config {
            if (images < 1 || channels < 1 || width < 1 || levels < 1)
                throw new IllegalArgumentException("images, channels, width and levels must be at least 1: " + images
                        + ", " + channels + ", " + width + ", " + levels);
            if (size < 1 || size % (1 << levels) != 0)
                throw new IllegalArgumentException("size must be a multiple of " + (1 << levels) + ": " + size);
        }
    }

    /** Fresh decoders that depend on {@code rng} alone. */
    public DecoderBank(Config config, Rng rng) {
        super("DecoderBank");
        images = config.images();
        width = config.width();
        start = config.size() >> config.levels();
        double scale = 1 / Math.sqrt(width);
        for (int i = 0; i < config.levels(); i++) {
            maps.add(parameter("map" + i, Tensors.scale(scale, rng.fork(i).normal(images, width, width))));
            gains.add(
                    parameter("gain" + i, Tensors.fill((long) images * width, 1).reshape(images, width, 1)));
            shifts.add(parameter(
                    "shift" + i, Tensors.fill((long) images * width, 0).reshape(images, width, 1)));
        }
        last = parameter("last", Tensors.scale(scale, rng.fork(-1).normal(images, config.channels(), width)));
        input = rng.fork(-2).uniform(images, width, (long) start * start); // (N, width, h0 * w0)
        register_buffer("input", input);
    }

    /** The value itself: what registering returns is a place in a list that moves when the list grows. */
    private Tensor parameter(String name, Tensor value) {
        register_parameter(name, value);
        return value;
    }

    /** The images, fp32 (N, C, H, W) in [-1, 1]. */
    public Tensor forward() {
        return Scope.tidy(() -> {
            Tensor h = input; // (N, width, h0 * w0)
            long side = start;
            for (int i = 0; i < maps.size(); i++) {
                Tensor mapped = maps.get(i).bmm(h).reshape(images, width, side, side); // (N, width, h, w)
                side *= 2;
                Tensor large = Kernels.upsampleBilinear(mapped, side, side); // (N, width, 2h, 2w)
                Tensor active = large.relu().reshape(images, width, side * side); // (N, width, h * w)
                h = normalised(active).mul(gains.get(i)).add(shifts.get(i)); // (N, width, h * w)
            }
            return last.bmm(h).tanh().reshape(images, last.size(1), side, side); // (N, C, H, W)
        });
    }

    /** Mean 0 and variance 1 of each channel of each image. */
    private static Tensor normalised(Tensor x) {
        Tensor centred = x.sub(x.mean(2).unsqueeze(2)); // (N, width, h * w)
        Tensor variance = centred.square().mean(2).unsqueeze(2); // (N, width, 1)
        return centred.mul(variance.add(new Scalar(EPSILON)).rsqrt());
    }
}
