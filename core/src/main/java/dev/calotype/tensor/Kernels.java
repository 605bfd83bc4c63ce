package dev.calotype.tensor;

import java.nio.file.Path;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/** Calls of the engine whose Java signatures are noisy, or that only its dispatcher knows. */
public final class Kernels {
    private Kernels() {}

    /** Group normalisation of (N, C, ...) with an affine map per channel. */
    public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
        return torch.group_norm(x, groups, new TensorOptional(weight), new TensorOptional(bias), epsilon, false);
    }

    /** Batch normalisation of (N, C, H, W) by its own statistics with an affine map per channel. */
    public static Tensor batchNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        TensorOptional none = new TensorOptional();
        return torch.batch_norm(
                x, new TensorOptional(weight), new TensorOptional(bias), none, none, true, 0, epsilon, false);
    }

    /** The engine's fused softmax(q k' / sqrt(d)) v of (N, heads, length, d). */
    public static Tensor fusedAttention(Tensor q, Tensor k, Tensor v) {
        return torch.scaled_dot_product_attention(q, k, v, new TensorOptional(), 0, false, new DoubleOptional(), false);
    }

    /** {@link #fusedAttention} of queries that do not see the keys after them. */
    public static Tensor fusedCausalAttention(Tensor q, Tensor k, Tensor v) {
        return torch.scaled_dot_product_attention(q, k, v, new TensorOptional(), 0, true, new DoubleOptional(), false);
    }

    /** A 3 x 3 convolution of (N, C, H, W) that keeps the size. */
    public static Tensor convolve3x3(Tensor x, Tensor weight) {
        long[] one = {1, 1};
        return torch.conv2d(x, weight, new TensorOptional(), one, one, one, 1);
    }

    /** A convolution of (N, C, H, W) without bias and without padding. */
    public static Tensor convolve(Tensor x, Tensor weight, int stride) {
        return convolve(x, weight, stride, 0);
    }

    /** A convolution of (N, C, H, W), continued by {@code padding} zeros on all sides, without bias. */
    public static Tensor convolve(Tensor x, Tensor weight, int stride, int padding) {
        return convolve(x, weight, stride, padding, 1);
    }

    /** {@link #convolve} of each channel with a kernel of its own: {@code weight} is (C, 1, k, k). */
    public static Tensor convolveEach(Tensor x, Tensor weight, int stride, int padding) {
        return convolve(x, weight, stride, padding, x.size(1));
    }

    private static Tensor convolve(Tensor x, Tensor weight, int stride, int padding, long groups) {
        long[] strides = {stride, stride}, paddings = {padding, padding}, one = {1, 1};
        return torch.conv2d(x, weight, new TensorOptional(), strides, paddings, one, groups);
    }

    /** The adjoint of {@link #convolve(Tensor, Tensor, int)}: x is (N, C', H, W), {@code weight} (C', C, k, k). */
    public static Tensor spread(Tensor x, Tensor weight, int stride) {
        return spread(x, weight, stride, 0, 1);
    }

    /** The adjoint of {@link #convolveEach}. */
    public static Tensor spreadEach(Tensor x, Tensor weight, int stride, int padding) {
        return spread(x, weight, stride, padding, x.size(1));
    }

    private static Tensor spread(Tensor x, Tensor weight, int stride, int padding, long groups) {
        long[] strides = {stride, stride}, paddings = {padding, padding}, none = {0, 0};
        return torch.conv_transpose2d(x, weight, new TensorOptional(), strides, paddings, none, groups, 1, 1);
    }

    /**
     * The gradient of the sum of {@code y} by {@code x}. Other than {@code backward} it adds nothing to the weights.
     *
     * @param x requires a gradient; in the graph of {@code y}, which is spent
     */
    public static Tensor gradient(Tensor y, Tensor x) {
        return gradient(y, x, false, false);
    }

    /** {@link #gradient} that leaves the graph for others that follow. */
    public static Tensor gradientOfMany(Tensor y, Tensor x) {
        return gradient(y, x, true, false);
    }

    /**
     * The gradient of the sum of {@code y} by {@code x}, which itself has a gradient: for penalties on slopes. Nothing on
     * the way may have a backward pass by hand ({@link Backward}).
     *
     * @param x requires a gradient; in the graph of {@code y}
     */
    public static Tensor slope(Tensor y, Tensor x) {
        return gradient(y, x, true, true);
    }

    private static Tensor gradient(Tensor y, Tensor x, boolean kept, boolean recorded) {
        TensorVector found = torch.grad(
                new TensorVector(y.sum()),
                new TensorVector(x),
                new TensorVector(),
                new BoolOptional(kept),
                recorded,
                false);
        return new Tensor(found.get(0));
    }

    /** How often each of the numbers 0 to {@code count - 1} stands in {@code numbers} (M), none of which is larger: int64 (count). */
    public static Tensor times(Tensor numbers, long count) {
        return numbers.bincount(new TensorOptional(), count);
    }

    /** Resizes (N, C, H, W) bilinearly between pixel centres, without averaging. */
    public static Tensor upsampleBilinear(Tensor x, long height, long width) {
        long[] size = {height, width};
        return torch.upsample_bilinear2d(x, size, false, new DoubleOptional(), new DoubleOptional());
    }

    /** Resizes (N, C, H, W) by repetition. */
    public static Tensor upsampleNearest(Tensor x, long height, long width) {
        return torch.upsample_nearest2d(x, new long[] {height, width}, new DoubleOptional(), new DoubleOptional());
    }

    /** Resizes fp32 (N, C, H, W) bilinearly; a reduction averages over all pixels that it covers. */
    public static Tensor resizeAntialiased(Tensor x, long height, long width) {
        return resize(Holder.RESIZE, x, height, width);
    }

    /** Resizes (N, C, H, W) between pixel centres by the cubic whose second parameter is -0.75 (Keys 1981), without averaging. */
    public static Tensor resizeBicubic(Tensor x, long height, long width) {
        return torch.upsample_bicubic2d(
                x, new long[] {height, width}, false, new DoubleOptional(), new DoubleOptional());
    }

    /** Resizes fp32 (N, C, H, W) by the cubic of -0.5; a reduction averages over all pixels that it covers. */
    public static Tensor resizeBicubicAntialiased(Tensor x, long height, long width) {
        return resize(Holder.RESIZE_CUBIC, x, height, width);
    }

    private static Tensor resize(OperatorHandle kernel, Tensor x, long height, long width) {
        IValueVector stack =
                stack(new IValue(x), integers(height, width), new IValue(false), new IValue(), new IValue());
        kernel.callBoxed(stack);
        return new Tensor(stack.get(0).toTensor());
    }

    /** Normalises the last dimension of {@code x}, with an affine map of its own for each place in it. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        long[] shape = {x.size(x.dim() - 1)};
        return torch.layer_norm(x, shape, new TensorOptional(weight), new TensorOptional(bias), epsilon, false);
    }

    /** Normalises the last dimension of {@code x}, without a map of its own. */
    public static Tensor layerNorm(Tensor x, double epsilon) {
        TensorOptional none = new TensorOptional();
        return torch.layer_norm(x, new long[] {x.size(x.dim() - 1)}, none, none, epsilon, false);
    }

    /** x W' + b over the last dimension of {@code x}. */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return torch.linear(x, weight, new TensorOptional(bias));
    }

    /**
     * The hyper-parameters of {@link #adamW}.
     *
     * @param weightDecay decoupled (Loshchilov &amp; Hutter 2019)
     */
    public record AdamW(double learningRate, double beta1, double beta2, double weightDecay, double epsilon) {}

    /**
     * One update of Adam with decoupled weight decay, in place over whole buffers.
     *
     * @param state the first moments, the second moments, and the number of updates made, this one included (a scalar)
     */
    public static void adamW(AdamW options, Tensor parameters, Tensor gradients, Tensor... state) {
        IValueVector stack = stack(
                list(parameters),
                list(gradients),
                list(state[0]),
                list(state[1]),
                list(),
                list(state[2]),
                new IValue(options.learningRate()),
                new IValue(options.beta1()),
                new IValue(options.beta2()),
                new IValue(options.weightDecay()),
                new IValue(options.epsilon()),
                new IValue(false), // amsgrad
                new IValue(false), // maximize
                new IValue(), // grad_scale
                new IValue()); // found_inf
        Holder.ADAMW.callBoxed(stack);
    }

    /** The module of a TorchScript file, which is a program, with its weights on {@code device}. */
    public static JitModule script(Path file, Device device) {
        return torch.load(file.toString(), new DeviceOptional(device.handle()), true);
    }

    /** What a TorchScript module answers to one tensor. */
    public static Tensor call(JitModule module, Tensor x) {
        return new Tensor(module.forward(stack(new IValue(x))).toTensor());
    }

    static IValueVector stack(IValue... arguments) {
        IValueVector stack = new IValueVector();
        for (IValue argument : arguments) stack.push_back(argument);
        return stack;
    }

    static IValue integers(long... values) {
        GenericList list = new GenericList(ListType.ofInts().getElementType());
        for (long value : values) list.push_back(new IValue(value));
        return new IValue(list);
    }

    private static IValue list(Tensor... tensors) {
        GenericList list = new GenericList(new Type.TypePtr((Type) TensorType.get()));
        for (Tensor tensor : tensors) list.push_back(new IValue(tensor));
        return new IValue(list);
    }

    /** Looked up on first use, when the engine is loaded. */
    private static final class Holder {
        static final OperatorHandle ADAMW = find("aten::_fused_adamw_");
        static final OperatorHandle RESIZE = find("aten::_upsample_bilinear2d_aa");
        static final OperatorHandle RESIZE_CUBIC = find("aten::_upsample_bicubic2d_aa");
    }

    /** An operator, kept whatever scope is open. */
    static OperatorHandle find(String name) {
        OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, "");
        handle.retainReference();
        return handle;
    }
}
