package dev.calotype.model.denoising;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class DenoisingUNetTest {
    private static final DenoisingUNet.Config SMALL = new DenoisingUNet.Config(List.of(16, 16, 32), List.of(1, 1, 1));

    private static Tensor level(double sigma) {
        return Tensors.of(sigma).reshape(1, 1, 1, 1);
    }

    @Test
    void itBeginsByLeavingPicturesAsTheyAre() {
        Scope.run(() -> {
            DenoisingUNet network = new DenoisingUNet(SMALL, Rng.of(1));
            Tensor x = Rng.of(2).normal(2, 3, 16, 24);
            assertThat(Deviation.largest(network.denoise(x, level(0.2)), x)).isZero();
        });
    }

    @Test
    void itIsToldTheLevelAndScalesWithTheContrast() {
        Scope.run(() -> {
            DenoisingUNet network = new DenoisingUNet(SMALL, Rng.of(1));
            Scope.read(() -> Tensors.parameters(network)
                    .get("body.tail.weight")
                    .copy_(Tensors.scale(0.1, Rng.of(3).normal(12, 16, 3, 3))));
            Tensor x = Rng.of(2).normal(1, 3, 16, 24);
            Tensor answer = network.denoise(x, level(0.2));
            assertThat(Deviation.largest(answer, x)).isGreaterThan(1e-3);
            assertThat(Deviation.largest(network.denoise(x, level(0.4)), answer))
                    .isGreaterThan(1e-4);
            Tensor tripled = network.denoise(Tensors.scale(3, x), level(0.6));
            assertThat(Deviation.relative(tripled, Tensors.scale(3, answer))).isLessThan(1e-5);
        });
    }

    @Test
    void sizesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new DenoisingUNet.Config(List.of(16, 16), List.of(1, 1, 1)))
                .hasMessage("widths must be three: [16, 16]");
        assertThatThrownBy(() -> new DenoisingUNet.Config(List.of(16, 17, 32), List.of(1, 1, 1)))
                .hasMessage("each of widths must be a multiple of 16 in 16..1024: 17");
        assertThatThrownBy(() -> new DenoisingUNet.Config(List.of(16, 16, 32), List.of(1, 0, 1)))
                .hasMessage("each of blocks must be in 1..64: 0");
        assertThatThrownBy(() -> new DenoisingUNet.Config(List.of(16, 16, 32), List.of(1)))
                .hasMessage("blocks must be three: [1]");
    }
}
