package dev.calotype.tensor;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The 3 x 3 convolution of a map doubled by repetition, as a convolution of the map itself with kernels of 2 x 2, four for each channel: one for each
 * place in a square of 2 x 2, in which what stands at two taps that see the same value is added up. That is 4 products for 9, forwards and
 * backwards, and the doubled map is never there. Equal up to rounding.
 */
public final class DoubledConvolution {
    /** What the taps of the places (0, 0), (0, 1), (1, 0), (1, 1) are sums of: (4 x 2 x 2, 3 x 3). */
    private static final float[] SUMS = sums();

    private DoubledConvolution() {}

    private static float[] sums() {
        int[][] taps = {{0, 1, 1}, {0, 0, 1}}; // which of the two taps each of the three is part of, by place
        float[] sums = new float[16 * 9];
        for (int place = 0; place < 4; place++)
            for (int tap = 0; tap < 9; tap++) {
                int joined = 2 * taps[place / 2][tap / 3] + taps[place % 2][tap % 3];
                sums[(4 * place + joined) * 9 + tap] = 1;
            }
        return sums;
    }

    /** The kernels of all four places, those of the first place first, with the channels last: (C', C, 3, 3) to (4 C', C, 2, 2). */
    static Tensor kernels(Tensor weight) {
        long out = weight.size(0), in = weight.size(1);
        Tensor taps = weight.permute(0, 2, 3, 1).reshape(out, 9, in); // (C', 9, C)
        Tensor sums = Tensors.as(Tensors.of(SUMS, 1, 16, 9), weight).expand(out, 16, 9);
        return torch.bmm(sums, taps)
                .view(out, 4, 4, in)
                .transpose(0, 1)
                .reshape(4 * out, 2, 2, in)
                .permute(0, 3, 1, 2); // (4 C', C, 2, 2)
    }

    /**
     * The convolution of x doubled.
     *
     * @param x (N, C, H, W)
     * @param weight (C', C, 3, 3)
     * @param bias (C')
     * @return (N, C', 2H, 2W), channels-last
     */
    public static Tensor apply(Tensor x, Tensor weight, Tensor bias) {
        long[] one = {1, 1};
        Tensor places = torch.conv2d(
                x, kernels(weight), new TensorOptional(bias.repeat(4)), one, one, one, 1); // (N, 4 C', H + 1, W + 1)
        return Backward.linear(places, DoubledConvolution::interleaved, DoubledConvolution::parted); // (N, C', 2H, 2W)
    }

    private static Tensor interleaved(Tensor places) {
        Tensor squares = seen(places).contiguous(); // (N, H, 2, W, 2, C')
        return squares.flatten(1, 2).flatten(2, 3).permute(0, 3, 1, 2); // (N, C', 2H, 2W)
    }

    private static Tensor parted(Tensor gradient) {
        long n = gradient.size(0), out = gradient.size(1), height = gradient.size(2) / 2, width = gradient.size(3) / 2;
        Tensor places =
                gradient.new_zeros(n, height + 1, width + 1, 4 * out).permute(0, 3, 1, 2); // (N, 4 C', H + 1, W + 1)
        seen(places).copy_(gradient.permute(0, 2, 3, 1).reshape(n, height, 2, width, 2, out));
        return places;
    }

    /** What of the four places is seen, a view: at the second place of two that begins one further, (N, H, 2, W, 2, C'). */
    private static Tensor seen(Tensor places) {
        long n = places.size(0), out = places.size(1) / 4, height = places.size(2) - 1, width = places.size(3) - 1;
        long channel = places.stride(1), row = places.stride(2), column = places.stride(3);
        long[] shape = {n, height, 2, width, 2, out};
        long[] strides = {places.stride(0), row, row + 2 * out * channel, column, column + out * channel, channel};
        return places.as_strided(shape, strides, new LongOptional(places.storage_offset()));
    }
}
