package dev.calotype.tensor;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weight of a convolution in the order in which oneDNN computes. The engine otherwise brings it into this order at each call, which for one
 * small picture costs as much as a third of the convolution. Values and order of the sums are the same, and so are the results, to the bit.
 *
 * <p>It packs at the first call, and once more when the weight has changed. What is packed lives as long as the layer.
 */
public final class PackedConvolution {
    /** Packed besides the weight itself, so that what is large is not held twice: at most this many values. */
    private static final long MOST = 1 << 20;

    private final Conv2dImpl layer;
    private final int stride, padding;
    private final IValueVector arguments =
            new IValueVector(); // what these two hold is theirs, in the scope of the layer
    private final IValueVector source = new IValueVector(); // keeps the memory that was packed from being another's
    private long address = -1, version = -1;

    /** @param layer of one group, as wide as high; what is made here belongs to the scope in which it is */
    public PackedConvolution(Conv2dImpl layer, int stride, int padding) {
        this.layer = layer;
        this.stride = stride;
        this.padding = padding;
    }

    /** Whether the convolution of {@code x} is one for this: in bf16 on a CPU, by a frozen and not too large kernel. */
    public boolean suits(Tensor x) {
        if (GradMode.is_enabled()) return false;
        Tensor weight = layer.weight();
        return Tensors.dtype(weight) == ScalarType.BFloat16
                && weight.is_cpu()
                && !weight.requires_grad()
                && weight.numel() <= MOST
                && Tensors.dtype(x) == ScalarType.BFloat16
                && Machine.PACKS;
    }

    /** The convolution of {@code x}, (N, C, H, W), that {@link #suits} it; channels-last. */
    public Tensor apply(Tensor x) {
        IValueVector stack = packed(x);
        stack.put(0, new IValue(x));
        Holder.CONVOLVE.callBoxed(stack);
        return new Tensor(stack.get(0).toTensor()); // (N, C', H', W')
    }

    private synchronized IValueVector packed(Tensor x) {
        Tensor weight = layer.weight();
        if (weight.data_ptr().address() != address || weight._version() != version) pack(weight, x);
        return new IValueVector().put(arguments);
    }

    private void pack(Tensor weight, Tensor x) {
        IValueVector stack = Kernels.stack(
                new IValue(weight),
                Kernels.integers(padding, padding),
                Kernels.integers(stride, stride),
                Kernels.integers(1, 1),
                new IValue(1L),
                Kernels.integers(x.size(0), x.size(1), x.size(2), x.size(3)));
        Holder.PACK.callBoxed(stack);
        Tensor bias = layer.bias();
        arguments.put(Kernels.stack(
                new IValue(),
                stack.get(0),
                bias.defined() ? new IValue(bias) : new IValue(),
                Kernels.integers(padding, padding),
                Kernels.integers(stride, stride),
                Kernels.integers(1, 1),
                new IValue(1L),
                new IValue("none"), // nothing is done to the result
                new IValue(new GenericList(Holder.CONVOLVE
                        .schema()
                        .arguments()
                        .getPointer(8)
                        .type()
                        .get()
                        .containedType(0))),
                new IValue()));
        source.put(Kernels.stack(new IValue(weight.detach())));
        address = weight.data_ptr().address();
        version = weight._version();
    }

    /** Asked on first use, when the engine is loaded. */
    private static final class Machine {
        static final boolean PACKS = packs();

        /** Whether it has what packing takes: an x86 processor on which oneDNN computes in bf16. */
        private static boolean packs() {
            if (!torch.hasMKLDNN() || !Loader.getPlatform().endsWith("x86_64")) return false;
            try (PointerScope scope = new PointerScope()) {
                IValueVector stack = new IValueVector();
                Kernels.find("mkldnn::_is_mkldnn_bf16_supported").callBoxed(stack);
                return stack.get(0).toBool();
            }
        }
    }

    /** Looked up on first use, when the engine is loaded. */
    private static final class Holder {
        static final OperatorHandle PACK = Kernels.find("mkldnn::_reorder_convolution_weight");
        static final OperatorHandle CONVOLVE = Kernels.find("mkldnn::_convolution_pointwise");
    }
}
