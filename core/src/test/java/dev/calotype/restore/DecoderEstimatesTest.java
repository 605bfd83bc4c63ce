package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class DecoderEstimatesTest {
    private static final DecoderEstimates ESTIMATES = new DecoderEstimates(16, 3, 150, 0.02);

    private static Tensor rooms(int count) {
        return Tensors.cat(
                0,
                IntStream.range(0, count).mapToObj(DecoderEstimatesTest::room).toArray(Tensor[]::new));
    }

    private static Tensor room(int i) {
        return Images.toTensor(Rooms.train(32).read(i).image());
    }

    private static double error(Tensor x, Tensor y) {
        return Math.sqrt(x.sub(y).square().mean().item_double());
    }

    @Test
    void noiseIsNotFitted() {
        Scope.run(() -> {
            Tensor clean = rooms(4);
            Tensor noisy = clean.add(Tensors.scale(0.4, Rng.of(1).normalLike(clean)));
            assertThat(error(ESTIMATES.of(noisy, new Identity(), Rng.of(2)), clean))
                    .isLessThan(0.6 * 0.4);
        });
    }

    @Test
    void anEstimateDoesNotDependOnItsNeighbours() {
        Scope.run(() -> {
            Tensor four = rooms(4);
            Tensor other =
                    Tensors.cat(0, four.narrow(0, 0, 1), four.narrow(0, 1, 3).neg());
            Tensor one = ESTIMATES.of(four, new Identity(), Rng.of(2)).narrow(0, 0, 1);
            assertThat(error(one, ESTIMATES.of(other, new Identity(), Rng.of(2)).narrow(0, 0, 1)))
                    .isLessThan(1e-4);
        });
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new DecoderEstimates(16, 3, 0, 1)).hasMessage("iterations must be at least 1: 0");
        Scope.run(() -> assertThatThrownBy(() -> ESTIMATES.of(Rng.of(1).normal(1, 3, 8, 16), new Identity(), Rng.of(1)))
                .hasMessage("images must be square: 8 x 16"));
    }
}
