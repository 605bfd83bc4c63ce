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

    /**
     * In maps of more than so many strips the allocator gives back after every few what it keeps between pieces in use: aligned ones leave gaps
     * that none of their size fits into. In smaller maps that costs more than it is worth.
     */
    private static final long MANY = 16, TRIMMED = 4;

    /** Values of a map for which what earlier ones left is given back; 256 MB. */
    private static final long LARGE = 1 << 27;

    /** Puts what is made of rows of a map, place by place, into memory of the same shape. */
    @FunctionalInterface
    public interface Change {
        void of(Tensor rows, Tensor into);
    }

    /** What is done with some rows. */
    @FunctionalInterface
    private interface Work {
        /** @param rows what the change made of them and of one above and below, zeros where the picture ends, (N, C, count + 2, W) */
        void on(long first, long count, Tensor rows);
    }

    private Strips() {}

    /** Whether maps of {@code times} the values of x, (N, C, H, W), are large, and x is as it is here: on a CPU, where no backward pass follows. */
    public static boolean suit(Tensor x, int times) {
        return !GradMode.is_enabled()
                && x.is_cpu()
                && Tensors.dtype(x) == ScalarType.BFloat16
                && times * x.numel() / x.size(0) >= 2 * VALUES
                && (x.is_contiguous(MemoryFormat.ChannelsLast) || SharedRows.holds(x));
    }

    /**
     * The convolution of f(x), beside x where there is room.
     *
     * @param x (N, C, H, W)
     * @return (N, C', H, W)
     */
    public static Tensor convolve(Tensor x, Conv2dImpl conv, Change f) {
        long out = channels(conv);
        Tensor made = out == x.size(1) && SharedRows.hasRoom(x)
                ? SharedRows.second(x)
                : x.new_empty(x.size(0), x.size(2), x.size(3), out).permute(0, 3, 1, 2); // (N, C', H, W)
        each(x, f, (first, count, rows) -> made.narrow(2, first, count).copy_(convolve(rows, conv.weight(), conv)));
        return made;
    }

    /**
     * f(x), and the convolution of g(x), in the memory of x, row by row beside each other.
     *
     * @param x (1, C, H, W), which is lost
     * @return two of (1, C', H, W), with at most C / 2 channels
     */
    public static Tensor[] divide(Tensor x, UnaryOperator<Tensor> f, Conv2dImpl conv, Change g) {
        Tensor kept = SharedRows.first(x, channels(conv)), made = SharedRows.second(kept); // (1, C', H, W)
        each(x, g, (first, count, rows) -> {
            kept.narrow(2, first, count).copy_(f.apply(x.narrow(2, first, count)));
            made.narrow(2, first, count).copy_(convolve(rows, conv.weight(), conv));
        });
        return new Tensor[] {kept, made};
    }

    /** Adds the convolution of f(x) to a map with the sides of x. */
    public static void add(Tensor sum, Tensor x, Conv2dImpl conv, Change f) {
        each(x, f, (first, count, rows) -> sum.narrow(2, first, count).add_(convolve(rows, conv.weight(), conv)));
    }

    /** Adds f(x) to a map with the sides of x. */
    public static void add(Tensor sum, Tensor x, UnaryOperator<Tensor> f) {
        long most = most(x);
        for (long first = 0; first < x.size(2); first += most) {
            long from = first, count = Math.min(most, x.size(2) - first);
            Scope.run(() -> sum.narrow(2, from, count).add_(f.apply(x.narrow(2, from, count))));
        }
    }

    /**
     * The convolution of x doubled by repetition, by the kernels of {@link DoubledConvolution}.
     *
     * @param x (N, C, H, W)
     * @return (N, C', 2H, 2W)
     */
    public static Tensor convolveDoubled(Tensor x, Conv2dImpl conv) {
        Tensor grid = x.new_empty(x.size(0), x.size(2), 2, x.size(3), 2, channels(conv));
        return doubled(grid, x, conv); // (N, C', 2H, 2W)
    }

    /**
     * The same where x waits in the last quarter of what is made: what is written reaches only rows that were read.
     *
     * @param x (1, C, H, W), which is freed
     * @return (1, C, 2H, 2W)
     */
    public static Tensor spendDoubled(Tensor x, Conv2dImpl conv) {
        return Scope.tidy(() -> {
            long c = x.size(1), height = x.size(2), width = x.size(3);
            boolean large = 4 * x.numel() >= LARGE;
            if (large) Pointer.trimMemory();
            Tensor grid = x.new_empty(1, height, 2, width, 2, c);
            Tensor waiting = grid.view(4, height, width, c).narrow(0, 3, 1).permute(0, 3, 1, 2); // (1, C, H, W)
            waiting.copy_(x);
            x.close();
            if (large) Pointer.trimMemory();
            return doubled(grid, waiting, conv); // (1, C, 2H, 2W)
        });
    }

    private static Tensor doubled(Tensor grid, Tensor x, Conv2dImpl conv) {
        long n = x.size(0), height = x.size(2), width = x.size(3), out = channels(conv);
        Scope.run(() -> {
            Tensor kernels = DoubledConvolution.kernels(conv.weight()); // (4 C', C, 2, 2)
            each(x, (same, into) -> into.copy_(same), (first, count, rows) -> {
                for (int i = 0; i < 4; i++) {
                    int row = i / 2, column = i % 2;
                    Tensor kernel = kernels.narrow(0, i * out, out); // (C', C, 2, 2)
                    Tensor place = grid.narrow(1, first, count).select(2, row).select(3, column);
                    Scope.run(() -> {
                        Tensor made = convolve(rows.narrow(2, row, count + 1), kernel, conv); // (N, C', count, W + 1)
                        place.copy_(made.narrow(3, column, width).permute(0, 2, 3, 1));
                    });
                }
            });
        });
        return grid.view(n, 2 * height, 2 * width, out).permute(0, 3, 1, 2); // (N, C', 2H, 2W)
    }

    private static long channels(Conv2dImpl conv) {
        return conv.weight().size(0);
    }

    private static long most(Tensor x) {
        return Math.max(1, VALUES / (x.size(1) * x.size(3)));
    }

    private static Tensor convolve(Tensor rows, Tensor kernel, Conv2dImpl conv) {
        long[] one = {1, 1}, padding = {0, 1};
        return torch.conv2d(rows, kernel, new TensorOptional(conv.bias()), one, padding, one, 1);
    }

    /** What the change makes of a strip stands where that of the one before stood, and its last row is kept: x may have lost it by then. */
    private static void each(Tensor x, Change change, Work work) {
        long n = x.size(0), c = x.size(1), height = x.size(2), width = x.size(3), most = most(x);
        Scope.run(() -> {
            Tensor memory = x.new_empty(n * (most + 2) * width * c);
            Tensor above = x.new_zeros(n, c, 1, width);
            for (long first = 0; first < height; first += most) {
                long from = first, count = Math.min(most, height - first), seen = Math.min(count + 1, height - first);
                if (height > MANY * most && first / most % TRIMMED == 0) Pointer.trimMemory();
                Scope.run(() -> {
                    Tensor rows = memory.narrow(0, 0, n * (count + 2) * width * c)
                            .view(n, count + 2, width, c)
                            .permute(0, 3, 1, 2); // (N, C, count + 2, W)
                    rows.narrow(2, 0, 1).copy_(above);
                    change.of(x.narrow(2, from, seen), rows.narrow(2, 1, seen));
                    if (seen == count) rows.narrow(2, count + 1, 1).zero_();
                    above.copy_(rows.narrow(2, count, 1));
                    work.on(from, count, rows);
                });
            }
        });
    }
}
