package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProjectionsTest {
    private static final int EMBEDDING = 64;

    @ParameterizedTest
    @EnumSource(Conditioning.class)
    void aBlockIsToldTheSameToTheBit(Conditioning conditioning) {
        Scope.read(() -> {
            List<ResidualBlock> blocks = blocks(conditioning);
            Projections projections = read(blocks);
            for (int n : new int[] {3, 1}) {
                Tensor e = embedding(n), wide = projections.beside(e);
                assertThat(wide.size(1)).isGreaterThan(EMBEDDING);
                assertSame(blocks, e, wide);
            }
            return null;
        });
    }

    @Test
    void changedWeightsAreJoinedAnew() {
        Scope.read(() -> {
            List<ResidualBlock> blocks = blocks(Conditioning.SCALE_SHIFT);
            Projections projections = read(blocks);
            Tensor e = embedding(2);
            projections.beside(e);
            blocks.get(1).projection().weight().mul_(new Scalar(2.0));
            assertSame(blocks, e, projections.beside(e));
            Tensor bias = blocks.get(2).projection().bias();
            bias.set_data(bias.add(new Scalar(1.0)));
            assertSame(blocks, e, projections.beside(e));
            return null;
        });
    }

    @Test
    void learnedOrExactBlocksComputeByThemselves() {
        Scope.run(() -> {
            Projections projections = read(blocks(Conditioning.SHIFT));
            Tensor e = embedding(2);
            assertThat(projections.beside(e).size(1)).isEqualTo(EMBEDDING); // gradients are on
            Scope.read(() -> {
                assertThat(projections.beside(e.to(ScalarType.Float)).size(1)).isEqualTo(EMBEDDING);
                Projections learned = new Projections(blocks(Conditioning.SHIFT));
                assertThat(learned.beside(e).size(1)).isEqualTo(EMBEDDING);
                return null;
            });
        });
    }

    @Test
    void whatIsJoinedGoesWithTheNetwork() {
        Runnable use = () -> Scope.read(() -> read(blocks(Conditioning.SHIFT)).beside(embedding(1)));
        use.run();
        long before = Scope.live();
        use.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    /** As of a network whose weights are read from a file. */
    private static Projections read(List<ResidualBlock> blocks) {
        return Blank.make(() -> new Projections(blocks));
    }

    private static void assertSame(List<ResidualBlock> blocks, Tensor e, Tensor wide) {
        Tensor x =
                Layout.CHANNELS_LAST.apply(Rng.of(8).normal(e.size(0), 32, 4, 4).to(ScalarType.BFloat16));
        for (ResidualBlock block : blocks)
            assertThat(Deviation.largest(block.forward(x, wide), block.forward(x, e)))
                    .isZero();
    }

    private static Tensor embedding(int n) {
        return Rng.of(7).normal(n, EMBEDDING).to(ScalarType.BFloat16);
    }

    private static List<ResidualBlock> blocks(Conditioning conditioning) {
        List<ResidualBlock> blocks = new ArrayList<>();
        for (int out : new int[] {32, 64, 32}) {
            var shape = new ResidualBlock.Config(32, out, EMBEDDING, conditioning, Resample.NONE);
            Map<String, Tensor> weights =
                    Tensors.parameters(Awake.network(new ResidualBlock(shape, new Dropout(0)), out));
            ResidualBlock block = Blank.make(() -> new ResidualBlock(shape, new Dropout(0)));
            Tensors.parameters(block).forEach((name, parameter) -> parameter.set_data(weights.get(name)));
            blocks.add(Inference.prepare(block, Precision.BF16));
        }
        return blocks;
    }
}
