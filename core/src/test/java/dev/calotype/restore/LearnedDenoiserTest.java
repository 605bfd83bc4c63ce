package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LearnedDenoiserTest {
    private static DenoisingUNet random() {
        DenoisingUNet network =
                new DenoisingUNet(new DenoisingUNet.Config(List.of(16, 16, 16), List.of(1, 1, 1)), Rng.of(1));
        Scope.read(() -> Tensors.parameters(network)
                .get("body.tail.weight")
                .copy_(Tensors.scale(0.1, Rng.of(3).normal(12, 16, 3, 3))));
        return network;
    }

    @Test
    void anySizeHasAnAnswerOfItsSizeAndGreyIsOneOfThreeEqualChannels() {
        Scope.run(() -> {
            LearnedDenoiser denoiser = new LearnedDenoiser(random(), 1);
            for (int[] size : new int[][] {{1, 1}, {8, 8}, {13, 23}, {16, 7}}) {
                Tensor grey = Rng.of(2).normal(1, 1, size[0], size[1]);
                Tensor answer = denoiser.denoise(grey, 0.2);
                assertThat(Tensors.shape(answer)).containsExactly(1, 1, size[0], size[1]);
                Tensor colour = denoiser.denoise(grey.expand(1, 3, size[0], size[1]), 0.2);
                assertThat(Deviation.largest(answer, colour.mean(1).unsqueeze(1)))
                        .isLessThan(1e-6);
            }
        });
    }

    /** Who looks at a picture in all eight ways sees its mirror image as the mirror image of what it saw. */
    @Test
    void eightLooksKnowNoLeftAndNoUpAndFewerLooksDo() {
        Scope.run(() -> {
            Tensor noisy = Rng.of(2).normal(1, 3, 16, 24);
            LearnedDenoiser one = new LearnedDenoiser(random(), 1), all = new LearnedDenoiser(random(), 8);
            Tensor answer = all.denoise(noisy, 0.2);
            assertThat(Deviation.largest(all.denoise(noisy.flip(3), 0.2).flip(3), answer))
                    .isLessThan(1e-5);
            assertThat(Deviation.largest(all.denoise(noisy.transpose(2, 3), 0.2).transpose(2, 3), answer))
                    .isLessThan(1e-5);
            Tensor mirrored = one.denoise(noisy.flip(3), 0.2).flip(3);
            assertThat(Deviation.largest(mirrored, one.denoise(noisy, 0.2))).isGreaterThan(1e-3);
        });
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        Scope.run(() -> {
            DenoisingUNet network = random();
            assertThatThrownBy(() -> new LearnedDenoiser(network, 3)).hasMessage("looks must be 1, 2, 4 or 8: 3");
            LearnedDenoiser denoiser = new LearnedDenoiser(network, 1);
            Tensor x = Rng.of(2).normal(1, 3, 8, 8);
            assertThatThrownBy(() -> denoiser.denoise(x, 0)).hasMessage("sigma must be more than 0: 0.0");
            assertThatThrownBy(() -> denoiser.denoise(Rng.of(2).normal(1, 2, 8, 8), 1))
                    .hasMessage("channels must be 1 or 3: 2");
        });
    }
}
