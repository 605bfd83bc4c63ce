package dev.calotype.nn;

import dev.calotype.nn.adapt.AdaptableConvolution;
import dev.calotype.tensor.DoubledConvolution;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Strips;
import dev.calotype.tensor.Tensors;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dOptions;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Convolutions and the two resamplings that go with them. */
public final class Convolutions {
    /** Where a doubled map is convolved by small kernels: in maps of fewer places the border, which each of the four computes alone, costs what they save: 25 products for 16 at 4 x 4. */
    private static final long LEAST_PLACES = 64, LEAST_PLACES_AT_SIGHT = 256;

    /** With fewer values the calls cost what the products save. */
    private static final long LEAST_VALUES = 1 << 15, LEAST_VALUES_AT_SIGHT = 1 << 14;

    private Convolutions() {}

    /** A square convolution of odd width {@code kernel} that keeps the size of the picture. */
    public static Conv2dImpl same(long in, long out, int kernel) {
        return strided(in, out, kernel, 1);
    }

    /** A square convolution of odd width {@code kernel} that divides the size of the picture by {@code stride}. */
    public static Conv2dImpl strided(long in, long out, int kernel, int stride) {
        return convolution(in, out, kernel, stride, kernel / 2);
    }

    /** A square convolution of width {@code kernel} at every {@code stride}-th place that lies in the picture whole. */
    public static Conv2dImpl unpadded(long in, long out, int kernel, int stride) {
        return convolution(in, out, kernel, stride, 0);
    }

    /** Any square convolution. */
    public static Conv2dImpl square(long in, long out, int kernel, int stride, int padding) {
        return convolution(in, out, kernel, stride, padding);
    }

    private static Conv2dImpl convolution(long in, long out, int kernel, int stride, int padding) {
        return Blank.convolution(options(in, out, kernel, stride, padding));
    }

    private static Conv2dOptions options(long in, long out, int kernel, int stride, int padding) {
        Conv2dOptions options = new Conv2dOptions(in, out, new LongPointer(kernel, kernel));
        options.padding().put(new LongPointer(padding, padding));
        options.stride().put(new LongPointer(stride, stride));
        return options;
    }

    /** {@link #same} without a bias. */
    public static Conv2dImpl unbiased(long in, long out, int kernel) {
        return unbiased(in, out, kernel, 1, kernel / 2);
    }

    /** Any convolution without a bias. */
    public static Conv2dImpl unbiased(long in, long out, int kernel, int stride, int padding) {
        Conv2dOptions options = options(in, out, kernel, stride, padding);
        options.bias().put(false);
        return Blank.convolution(options);
    }

    /** Without a bias: squares of 2 x 2 become one. */
    public static Conv2dImpl joining(long in, long out) {
        return unbiased(in, out, 2, 2, 0);
    }

    /** The transpose of {@link #joining}: one becomes a square of 2 x 2. */
    public static ConvTranspose2dImpl parting(long in, long out) {
        Allowance.take(in, out, 2, 2);
        ConvTranspose2dOptions options = new ConvTranspose2dOptions(in, out, new LongPointer(2, 2));
        options.stride().put(new LongPointer(2, 2));
        options.bias().put(false);
        return new ConvTranspose2dImpl(options);
    }

    /**
     * A 4 x 4 convolution without bias. A stride of 2 halves the size of the picture; a stride of 1 makes one value of
     * 4 x 4.
     */
    public static Conv2dImpl halving(long in, long out, int stride) {
        Conv2dOptions options = new Conv2dOptions(in, out, new LongPointer(4, 4));
        options.padding().put(new LongPointer(stride / 2, stride / 2));
        options.stride().put(new LongPointer(stride, stride));
        options.bias().put(false);
        return Blank.convolution(options);
    }

    /** The transpose of {@link #halving}: a stride of 2 doubles the size of the picture, 1 makes 4 x 4 of one value. */
    public static ConvTranspose2dImpl transposed(long in, long out, int stride) {
        Allowance.take(in, out, 4, 4);
        ConvTranspose2dOptions options = new ConvTranspose2dOptions(in, out, new LongPointer(4, 4));
        options.padding().put(new LongPointer(stride / 2, stride / 2));
        options.stride().put(new LongPointer(stride, stride));
        options.bias().put(false);
        return new ConvTranspose2dImpl(options);
    }

    /** Sets weight and bias to zero, so that a residual branch starts as the identity. */
    public static Conv2dImpl zero(Conv2dImpl convolution) {
        if (Blank.wanted()) return convolution;
        try (NoGradGuard guard = new NoGradGuard()) {
            convolution.weight().zero_();
            if (convolution.bias().defined()) convolution.bias().zero_();
        }
        return convolution;
    }

    /** Doubles height and width by repetition. */
    public static Tensor upsample(Tensor x) {
        return Kernels.upsampleNearest(x, 2 * x.size(2), 2 * x.size(3)); // (N, C, 2H, 2W)
    }

    /** The convolution of what {@link #upsample} makes of {@code x}. */
    public static Tensor convolveDoubled(Conv2dImpl conv, Tensor x) {
        if (!isPlain(conv)) return conv.forward(upsample(x)); // (N, C', 2H, 2W)
        if (Strips.suit(x, 4)) return Strips.convolveDoubled(x, conv); // (N, C', 2H, 2W)
        if (suitsSmallKernels(x)) return DoubledConvolution.apply(x, conv.weight(), conv.bias());
        return conv.forward(upsample(x)); // (N, C', 2H, 2W)
    }

    /**
     * Whether {@link DoubledConvolution} is the faster way for x, (N, C, H, W): in bf16 on a CPU. Where no backward pass follows, the size of an image
     * decides and not that of its batch: an image is to be the same in whatever batch.
     */
    static boolean suitsSmallKernels(Tensor x) {
        if (!x.is_cpu() || Tensors.dtype(x) != ScalarType.BFloat16) return false;
        long n = x.size(0), places = x.size(2) * x.size(3), values = x.size(1) * places;
        if (!GradMode.is_enabled()) return places >= LEAST_PLACES_AT_SIGHT && values >= LEAST_VALUES_AT_SIGHT;
        return places >= LEAST_PLACES && n * places >= LEAST_PLACES_AT_SIGHT && n * values >= LEAST_VALUES;
    }

    /** Whether it is a 3 x 3 convolution that keeps the size of the picture, without factors. */
    static boolean isPlain(Conv2dImpl conv) {
        return conv instanceof AdaptableConvolution layer && layer.isPlain();
    }

    /** Doubles height and width bilinearly, pixel centres between pixel centres. */
    public static Tensor upsampleBilinear(Tensor x) {
        return Kernels.upsampleBilinear(x, 2 * x.size(2), 2 * x.size(3)); // (N, C, 2H, 2W)
    }

    /** The convolution without its bias, of a picture that is continued by reflection; its sides must exceed the padding. */
    public static Tensor reflected(Conv2dImpl conv, Tensor x) {
        long margin = conv.weight().size(2) / 2;
        Tensor padded = margin == 0 ? x : torch.reflection_pad2d(x, margin, margin, margin, margin);
        return Kernels.convolve(
                padded, conv.weight(), (int) conv.options().stride().get(0)); // (N, C', H', W')
    }

    /** Halves height and width by averaging. */
    public static Tensor downsample(Tensor x) {
        return torch.avg_pool2d(x, 2); // (N, C, H/2, W/2)
    }

    /** The picture in the element type of {@code weight}, and channels-last where the engine is faster so. */
    public static Tensor prepare(Tensor x, Tensor weight) {
        Tensor typed = x.to(weight.device(), weight.scalar_type());
        return Layout.of(Tensors.dtype(weight)).apply(typed);
    }
}
