package dev.calotype.nn.transformer;

import dev.calotype.nn.Allowance;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Conv3dImpl;
import org.bytedeco.pytorch.Conv3dOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Clips to sequences of tokens, one for each tubelet: a square patch over some frames (Arnab et al. 2021, section 3.2). Tokens go frame
 * by frame and within it row by row. The weight is (D, C, frames, patch, patch), called {@code proj}.
 */
public final class TubeletEmbedding extends Module {
    /** How the weights begin. */
    public enum Start {
        /** At random, all alike. */
        RANDOM,
        /** A filter of images for every frame, divided by how many there are (Carreira &amp; Zisserman 2017). */
        INFLATION,
        /** A filter of images for the frame in the middle, 0 for the others: a clip begins as its middle pictures. */
        CENTRAL_FRAME
    }

    private final int frames, patch;
    private final Conv3dImpl proj;

    /**
     * @param channels of pictures
     * @param frames of a tubelet
     * @param patch pixels per side of it
     * @param width D of a token
     */
    public TubeletEmbedding(int channels, int frames, int patch, int width) {
        super("TubeletEmbedding");
        this.frames = frames;
        this.patch = patch;
        Allowance.take(width, channels, frames, patch, patch);
        proj = register_module(
                "proj", new Conv3dImpl(new Conv3dOptions(channels, width, new LongPointer(frames, patch, patch))));
    }

    /** Begins with a filter of images that is drawn from N(0, 1 / fan-in); {@link Start#RANDOM} leaves the weights as they are. */
    public void start(Start start, Rng rng) {
        Scope.run(() -> {
            long[] shape = Tensors.shape(proj.weight());
            double deviation = 1 / Math.sqrt((double) shape[1] * patch * patch);
            Tensor filter = rng.normal(shape[0], shape[1], patch, patch); // (D, C, p, p)
            start(start, Device.of(this).move(Tensors.scale(deviation, filter)));
        });
    }

    /**
     * Begins with a filter of images.
     *
     * @param filter (D, C, patch, patch)
     */
    public void start(Start start, Tensor filter) {
        if (start == Start.RANDOM) return;
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> {
                if (start == Start.INFLATION) {
                    proj.weight().copy_(filter.div(new Scalar((double) frames)).unsqueeze(2)); // (D, C, 1, p, p)
                    return;
                }
                proj.weight().zero_();
                proj.weight().select(2, frames / 2).copy_(filter); // (D, C, p, p)
            });
        }
    }

    /** Begins as an embedding of the patches of images, with its bias. */
    public void start(Start start, Tensor filter, Tensor bias) {
        start(start, filter);
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> proj.bias().copy_(bias));
        }
    }

    /**
     * The tokens of clips.
     *
     * @param x (N, T, C, H, W) with frames and sides that are multiples of those of a tubelet
     * @return (N, T H W / (frames patch^2), D)
     */
    public Tensor forward(Tensor x) {
        long n = x.size(0), t = x.size(1) / frames, c = x.size(2), h = x.size(3) / patch, w = x.size(4) / patch;
        return Scope.tidy(() -> {
            Tensor weight = proj.weight().reshape(proj.weight().size(0), -1); // (D, C f p p)
            Tensor tubelets = Tensors.as(x, weight)
                    .reshape(n, t, frames, c, h, patch, w, patch)
                    .permute(0, 1, 4, 6, 3, 2, 5, 7)
                    .reshape(n, t * h * w, c * frames * patch * patch); // (N, thw, C f p p)
            return Kernels.linear(tubelets, weight, proj.bias()); // (N, thw, D)
        });
    }
}
