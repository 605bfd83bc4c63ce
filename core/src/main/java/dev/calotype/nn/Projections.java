package dev.calotype.nn;

import dev.calotype.nn.adapt.AdaptableLinear;
import dev.calotype.tensor.Kept;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the residual blocks of a network make of its embedding, in one product where weights were read from a file and no backward pass follows: for
 * one picture a product takes less time than the call of it, and there is one for each block. The results are the same, to the bit.
 *
 * <p>The weights are put together at the first call, and once more when one of them has changed.
 */
public final class Projections {
    private final List<ResidualBlock> blocks;
    private final boolean joinable; // as long as they are frozen
    private final Kept joined = new Kept(); // weight and bias
    private final Kept sources = new Kept(); // of these two, so that their memory does not become another's
    private long[] seen = {};

    /** @param blocks that are told of the same embedding, and of what {@link #beside} makes of it */
    public Projections(List<ResidualBlock> blocks) {
        this.blocks = List.copyOf(blocks);
        joinable = Blank.wanted()
                && blocks.size() > 1
                && blocks.stream()
                        .allMatch(block -> block.projection() != null
                                && block.activation() == blocks.get(0).activation());
    }

    /**
     * The embedding, and beside it what each of the blocks makes of it, which they find there.
     *
     * @param embedding (N, D)
     * @return (N, D + sum of their widths); the embedding itself where each block is to compute by itself
     */
    public Tensor beside(Tensor embedding) {
        if (!suits(embedding)) return embedding;
        return Scope.tidy(() -> {
            Tensor active = blocks.get(0).activation().apply(embedding); // (N, D)
            Tensor[] weights = joined();
            return Tensors.cat(1, embedding, Kernels.linear(active, weights[0], weights[1])); // (N, D + widths)
        });
    }

    private boolean suits(Tensor embedding) {
        return joinable
                && !GradMode.is_enabled()
                && embedding.is_cpu()
                && Tensors.dtype(embedding) == ScalarType.BFloat16
                && blocks.stream().map(ResidualBlock::projection).allMatch(Projections::isFrozen);
    }

    private static boolean isFrozen(LinearImpl layer) {
        return !layer.weight().requires_grad()
                && !(layer instanceof AdaptableLinear adaptable && adaptable.isAdapted());
    }

    private synchronized Tensor[] joined() {
        long[] now = new long[4 * blocks.size()];
        int i = 0;
        for (ResidualBlock block : blocks)
            for (Tensor weight : new Tensor[] {
                block.projection().weight(), block.projection().bias()
            }) {
                now[i++] = weight.data_ptr().address();
                now[i++] = weight._version();
            }
        if (!Arrays.equals(now, seen)) join();
        seen = now;
        return joined.all();
    }

    private void join() {
        Tensor[] weights = new Tensor[blocks.size()], biases = weights.clone();
        int from = (int) blocks.get(0).projection().weight().size(1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = blocks.get(i).projection().weight();
            biases[i] = blocks.get(i).projection().bias();
            blocks.get(i).toldFrom(from);
            from += (int) weights[i].size(0);
        }
        joined.put(Tensors.cat(0, weights), Tensors.cat(0, biases));
        sources.put(Stream.of(weights, biases)
                .flatMap(Stream::of)
                .map(Tensor::detach)
                .toArray(Tensor[]::new));
    }
}
