package dev.calotype.nn;

import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How the four dimensions of images and convolution weights lie in memory. */
public enum Layout {
    /** Row-major (N, C, H, W): best for fp32 on a CPU. */
    CONTIGUOUS(MemoryFormat.Contiguous),
    /** (N, H, W, C) in memory: bf16 convolutions are several times faster so. */
    CHANNELS_LAST(MemoryFormat.ChannelsLast);

    private final MemoryFormat format;

    Layout(MemoryFormat format) {
        this.format = format;
    }

    /** The layout that networks of this element type use. */
    public static Layout of(ScalarType dtype) {
        return dtype == ScalarType.BFloat16 ? CHANNELS_LAST : CONTIGUOUS;
    }

    /** An uninitialised tensor of the shape of {@code x} in this layout; row-major if it has other than four dimensions. */
    public Tensor emptyLike(Tensor x, ScalarType dtype) {
        MemoryFormat order = x.dim() == 4 ? format : MemoryFormat.Contiguous;
        return torch.empty_like(x, new TensorOptions(dtype), new MemoryFormatOptional(order));
    }

    /** The tensor in this layout; itself if it already is or has other than four dimensions. */
    public Tensor apply(Tensor x) {
        return x.dim() == 4 ? x.contiguous(format) : x.contiguous();
    }
}
