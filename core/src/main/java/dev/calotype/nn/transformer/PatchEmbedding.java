package dev.calotype.nn.transformer;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pictures to sequences of tokens, one for each square patch, row by row. Parameter names follow timm: {@code proj}, and
 * {@code stem} or {@code backbone} before it.
 */
public final class PatchEmbedding extends Module {
    /** How a patch becomes a token. */
    public enum Stem {
        /** One linear map of its pixels (Dosovitskiy et al. 2020). */
        PATCHES,
        /**
         * 3 x 3 convolutions of stride 2 down to one place for each patch, normalised by groups and rectified, then one linear map:
         * the hybrid of early convolutions (Xiao et al. 2021, which normalises by batches). The patch must be a power of two.
         */
        CONVOLUTIONS,
        /**
         * The stem of a ResNet, which makes a map of a quarter of the sides, then one linear map of its patches: the hybrid R+ViT
         * (Steiner et al. 2021). The patch must be a multiple of 4.
         */
        RESNET
    }

    /** Of {@link Stem#RESNET}: by what its map is smaller per side, the channels of the map, and pixels per side of a filter. */
    public static final int RESNET_FACTOR = ResNetStem.FACTOR,
            RESNET_CHANNELS = ResNetStem.CHANNELS,
            RESNET_FILTER = ResNetStem.FILTER;

    private final int patch;
    private final Conv2dImpl proj;
    private final Layers layers = new Layers("stem");
    private final List<Conv2dImpl> stem = new ArrayList<>();
    private final List<GroupNormImpl> norms = new ArrayList<>();
    private final ResNetStem backbone;

    /**
     * @param channels of pictures
     * @param patch pixels per side of a patch
     * @param width D of a token
     * @throws IllegalArgumentException if a stem cannot make tokens of such patches or width
     */
    public PatchEmbedding(int channels, int patch, int width, Stem stem) {
        super("PatchEmbedding");
        this.patch = switch (stem) {
            case PATCHES -> patch;
            case CONVOLUTIONS -> 1;
            case RESNET -> patch / ResNetStem.FACTOR;
        };
        int in = channels;
        if (stem == Stem.CONVOLUTIONS) {
            register_module("stem", layers);
            for (int out : widths(patch, width)) {
                this.stem.add(layers.add("conv" + norms.size(), unbiased(in, out)));
                norms.add(layers.add("norm" + norms.size(), GroupNorm.of(out)));
                in = out;
            }
        }
        backbone = stem == Stem.RESNET ? register_module("backbone", new ResNetStem(channels)) : null;
        if (backbone != null) in = ResNetStem.CHANNELS;
        Conv2dOptions options = new Conv2dOptions(in, width, new LongPointer(this.patch, this.patch));
        proj = register_module("proj", Blank.convolution(options));
    }

    /** The channels of the convolutions of a stem: they double up to the width of a token. */
    public static List<Integer> widths(int patch, int width) {
        int levels = Integer.numberOfTrailingZeros(patch);
        if (patch < 2 || Integer.bitCount(patch) != 1)
            throw new IllegalArgumentException("patch must be a power of two for a stem of convolutions: " + patch);
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < levels; i++) widths.add(width >> Math.min(levels - 1 - i, 3));
        if (width % 8 != 0 || widths.get(0) % GroupNorm.GROUPS != 0)
            throw new IllegalArgumentException("width must be a multiple of "
                    + (GroupNorm.GROUPS << Math.min(levels - 1, 3)) + " for a stem of convolutions: " + width);
        return widths;
    }

    private static Conv2dImpl unbiased(int in, int out) {
        Conv2dOptions options = new Conv2dOptions(in, out, new LongPointer(3, 3));
        options.padding().put(new LongPointer(1, 1));
        options.stride().put(new LongPointer(2, 2));
        options.bias().put(false);
        return Blank.convolution(options);
    }

    /**
     * The tokens of pictures.
     *
     * @param x (N, C, H, W) with sides that are multiples of the patch
     * @return (N, H W / patch^2, D)
     */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = Convolutions.prepare(x, proj.weight()); // (N, C, H, W)
            if (backbone != null) h = backbone.forward(h); // (N, 64, H / 4, W / 4)
            for (int i = 0; i < stem.size(); i++)
                h = torch.relu(GroupNorm.apply(norms.get(i), stem.get(i).forward(h))); // (N, C', H / 2^i, W / 2^i)
            return project(h);
        });
    }

    /** The convolution of stride {@code patch}, as the one product of matrices that it is. */
    private Tensor project(Tensor x) {
        long n = x.size(0), c = x.size(1), h = x.size(2) / patch, w = x.size(3) / patch;
        Tensor patches = x.reshape(n, c, h, patch, w, patch)
                .permute(0, 2, 4, 1, 3, 5)
                .reshape(n, h * w, c * patch * patch); // (N, hw, C p p)
        Tensor weight = proj.weight().reshape(proj.weight().size(0), -1); // (D, C p p)
        return Kernels.linear(patches, weight, proj.bias()); // (N, hw, D)
    }
}
