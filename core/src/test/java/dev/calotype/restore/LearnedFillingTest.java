package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LearnedFillingTest {
    private static LearnedDenoiser random() {
        DenoisingUNet network =
                new DenoisingUNet(new DenoisingUNet.Config(List.of(16, 16, 16), List.of(1, 1, 1)), Rng.of(1));
        Scope.read(() -> Tensors.parameters(network)
                .get("body.tail.weight")
                .copy_(Tensors.scale(0.1, Rng.of(3).normal(12, 16, 3, 3))));
        return new LearnedDenoiser(network, 1);
    }

    private static Masking holes() {
        byte[] kept = new byte[13 * 22];
        for (int i = 0; i < kept.length; i++) kept[i] = (byte) (i % 5 < 3 ? 1 : 0);
        return new Masking(13, 22, kept);
    }

    @Test
    void whatIsKnownStaysToTheBitAndWhatLayInTheHolesDoesNotMatter() {
        Scope.run(() -> {
            Masking mask = holes();
            Tensor picture = Tensors.scale(0.3, Rng.of(2).normal(1, 3, 13, 22)), known = mask.mask(picture);
            Tensor other = picture.add(known.sub(new Scalar(1)));
            for (int passes = 1; passes <= 3; passes++) {
                LearnedFilling filling = new LearnedFilling(random(), passes);
                Tensor answer = filling.of(new Observation(picture, mask, 0), Rng.of(1));
                assertThat(Deviation.largest(answer.mul(known), picture.mul(known)))
                        .isZero();
                Tensor again = filling.of(new Observation(other, mask, 0), Rng.of(1));
                Tensor missing = known.sub(new Scalar(1)).neg();
                assertThat(Deviation.largest(again.mul(missing), answer.mul(missing)))
                        .isZero();
            }
        });
    }

    @Test
    void eachPassAnswersTheOneBeforeAndIsToldSo() {
        Scope.run(() -> {
            Masking mask = holes();
            LearnedDenoiser denoiser = random();
            Observation seen = new Observation(Tensors.scale(0.3, Rng.of(2).normal(1, 3, 13, 22)), mask, 0.1);
            Tensor one = new LearnedFilling(denoiser, 1).of(seen, Rng.of(1));
            Tensor two = new LearnedFilling(denoiser, 2).of(seen, Rng.of(1));
            Tensor missing = mask.mask(one).sub(new Scalar(1)).neg();
            Tensor told = denoiser.fill(one, mask, 0.1, true), untold = denoiser.fill(one, mask, 0.1, false);
            assertThat(Deviation.largest(two.mul(missing), Tensors.clip(told).mul(missing)))
                    .isZero();
            assertThat(Deviation.largest(told.mul(missing), untold.mul(missing)))
                    .isGreaterThan(1e-4);
            Tensor quiet = new LearnedFilling(denoiser, 1).of(new Observation(seen.image(), mask, 0), Rng.of(1));
            assertThat(Deviation.largest(one, quiet)).as("the noise is told").isGreaterThan(1e-4);
        });
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        assertThatThrownBy(() -> new LearnedFilling(null, 0)).hasMessage("passes must be at least 1: 0");
        Scope.run(() -> assertThatThrownBy(() -> new LearnedFilling(random(), 1)
                        .of(new Observation(Rng.of(1).normal(1, 3, 8, 8), new Identity(), 0), Rng.of(1)))
                .hasMessageStartingWith("an observation must have missing pixels: "));
    }
}
