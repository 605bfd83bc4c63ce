package dev.calotype.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * 3 x 3 convolutions of large maps that keep their sides, some rows at a time: what stands between two maps is never there as a whole, and stays
 * in the processor's cache. Convolutions have one group, maps are in bf16 with the channels last, of which rows of a picture are one piece of memory.
 */
public final class Strips {
    /** Values of a picture's map that are worked on at once; 8 MB. */
    private static final long VALUES = 1 << 22;

    /** After so many strips the allocator gives back what it keeps between pieces in use: aligned ones leave gaps that none of their size fits into. */
    private static final long TRIMMED = 16;

    /** What is done with some rows. */
    @FunctionalInterface
    private interface Work {
        void on(long first, long count);
    }

    private Strips() {}

    /** Whether maps of {@code times} the values of x, (N, C, H, W), are large, and x is as it is here: on a CPU, where no backward pass follows. */
    public static boolean suit(Tensor x, int times) {
        return !GradMode.is_enabled()
                && x.is_cpu()
                && Tensors.dtype(x) == ScalarType.BFloat16
                && times * x.numel() / x.size(0) >= 2 * VALUES
                && x.is_contiguous(MemoryFormat.ChannelsLast);
    }

    /**
     * The convolution of f(x).
     *
     * @param x (N, C, H, W)
     * @param f what is made of rows of x, place by place
     * @return (N, C', H, W)
     */
    public static Tensor convolve(Tensor x, Conv2dImpl conv, UnaryOperator<Tensor> f) {
        Tensor out =
                x.new_empty(x.size(0), x.size(2), x.size(3), channels(conv)).permute(0, 3, 1, 2); // (N, C', H, W)
        each(x, (first, count) -> out.narrow(2, first, count)
                .copy_(convolve(bordered(x, first, count, f), conv.weight(), conv)));
        return out;
    }

    /**
     * f(x) and the convolution of g(h), added up where x was.
     *
     * @param x (N, C, H, W), which is lost; of one picture where the sum has fewer channels
     * @param h (N, C', H, W)
     * @return (N, C'', H, W) in the memory of x, with at most C channels
     */
    public static Tensor replace(
            Tensor x, UnaryOperator<Tensor> f, Tensor h, Conv2dImpl conv, UnaryOperator<Tensor> g) {
        long height = x.size(2), width = x.size(3), out = channels(conv);
        Tensor sum = x.permute(0, 2, 3, 1)
                .reshape(x.size(0), -1)
                .narrow(1, 0, height * width * out)
                .view(-1, height, width, out)
                .permute(0, 3, 1, 2); // (N, C'', H, W)
        each(x, (first, count) -> {
            Tensor added = convolve(bordered(h, first, count, g), conv.weight(), conv); // (N, C'', count, W)
            Tensor rows = x.narrow(2, first, count), made = f.apply(rows); // (N, C'', count, W)
            if (made == rows) rows.add_(added);
            else sum.narrow(2, first, count).copy_(added.add_(made));
        });
        return sum;
    }

    /** Adds f(x) to a map with the sides of x. */
    public static void add(Tensor sum, Tensor x, UnaryOperator<Tensor> f) {
        each(x, (first, count) -> sum.narrow(2, first, count).add_(f.apply(x.narrow(2, first, count))));
    }

    /**
     * The convolution of x doubled by repetition, by the kernels of {@link DoubledConvolution}.
     *
     * @param x (N, C, H, W)
     * @return (N, C', 2H, 2W)
     */
    public static Tensor convolveDoubled(Tensor x, Conv2dImpl conv) {
        long n = x.size(0), height = x.size(2), width = x.size(3), out = channels(conv);
        Tensor grid = x.new_empty(n, height, 2, width, 2, out);
        Scope.run(() -> {
            Tensor kernels = DoubledConvolution.kernels(conv.weight()); // (4 C', C, 2, 2)
            for (int place = 0; place < 4; place++) {
                int row = place / 2, column = place % 2;
                Tensor kernel = kernels.narrow(0, place * out, out); // (C', C, 2, 2)
                each(x, (first, count) -> {
                    Tensor rows =
                            bordered(x, first, count, same -> same).narrow(2, row, count + 1); // (N, C, count + 1, W)
                    Tensor made = convolve(rows, kernel, conv); // (N, C', count, W + 1)
                    grid.narrow(1, first, count)
                            .select(2, row)
                            .select(3, column)
                            .copy_(made.narrow(3, column, width).permute(0, 2, 3, 1));
                });
            }
        });
        return grid.view(n, 2 * height, 2 * width, out).permute(0, 3, 1, 2); // (N, C', 2H, 2W)
    }

    private static long channels(Conv2dImpl conv) {
        return conv.weight().size(0);
    }

    /** f of some rows and of one above and below, zeros where the picture ends. */
    private static Tensor bordered(Tensor x, long first, long count, UnaryOperator<Tensor> f) {
        long begin = Math.max(0, first - 1), end = Math.min(x.size(2), first + count + 1);
        Tensor inside = f.apply(x.narrow(2, begin, end - begin));
        long above = begin - (first - 1), below = first + count + 1 - end;
        return above + below == 0 ? inside : torch.constant_pad_nd(inside, 0, 0, above, below);
    }

    private static Tensor convolve(Tensor rows, Tensor kernel, Conv2dImpl conv) {
        long[] one = {1, 1}, padding = {0, 1};
        return torch.conv2d(rows, kernel, new TensorOptional(conv.bias()), one, padding, one, 1);
    }

    private static void each(Tensor x, Work work) {
        long height = x.size(2), most = Math.max(1, VALUES / (x.size(1) * x.size(3)));
        for (long first = 0; first < height; first += most) {
            long from = first, count = Math.min(most, height - first);
            if (first > 0 && first / most % TRIMMED == 0) Pointer.trimMemory();
            Scope.run(() -> work.on(from, count));
        }
    }
}
