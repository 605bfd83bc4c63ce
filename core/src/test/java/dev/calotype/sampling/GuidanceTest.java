package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Prediction;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class GuidanceTest {
    private static final Denoiser CONDITIONAL = Toy.gaussian(0.5, 0.2);
    private static final Denoiser UNCONDITIONAL = Toy.gaussian(0, 0.4);
    private static final NoiseLevel LEVEL = NoiseSchedule.linear(1000).level(300);

    private final AtomicInteger calls = new AtomicInteger();

    private final Denoiser paired = new Denoiser() {
        @Override
        public Tensor denoise(Tensor noisy, NoiseLevel level) {
            calls.incrementAndGet();
            Tensor[] halves = Tensors.chunk(noisy, 2, 0);
            return Tensors.cat(0, CONDITIONAL.denoise(halves[0], level), UNCONDITIONAL.denoise(halves[1], level));
        }

        @Override
        public Prediction predict(Tensor noisy, NoiseLevel level) {
            Tensor fraction = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 6, 1, 1, 1);
            return new Prediction(denoise(noisy, level), fraction);
        }
    };

    @Test
    void weightOneIsTheConditionalModelAndZeroTheOther() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(3, 1, 2, 2);
            Tensor one = new Guidance(paired, 1, Clip.NONE).denoise(x, LEVEL);
            assertThat(Tensors.doubles(one)).isEqualTo(Tensors.doubles(CONDITIONAL.denoise(x, LEVEL)));
            Tensor zero = new Guidance(paired, 0, Clip.NONE).denoise(x, LEVEL);
            assertThat(Tensors.doubles(zero)).isEqualTo(Tensors.doubles(UNCONDITIONAL.denoise(x, LEVEL)));
            assertThat(calls).hasValue(2);
        });
    }

    @Test
    void aLargerWeightGoesOnInTheSameDirectionAndIsClippedAfterwards() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(3, 1, 2, 2);
            Tensor c = CONDITIONAL.denoise(x, LEVEL);
            Tensor u = UNCONDITIONAL.denoise(x, LEVEL);
            Tensor expected = u.add(Tensors.scale(7, c.sub(u)));
            Tensor raw = new Guidance(paired, 7, Clip.NONE).denoise(x, LEVEL);
            assertClose("raw", raw, Tensors.doubles(expected), 1e-5);
            assertThat(raw.abs().max().item_double()).isGreaterThan(1);
            Tensor clipped = new Guidance(paired, 7, Clip.PIXELS).denoise(x, LEVEL);
            assertClose("clipped", clipped, Tensors.doubles(Tensors.clip(expected)), 1e-5);
        });
    }

    @Test
    void theVarianceIsThatOfTheConditionalHalf() {
        Scope.run(() -> {
            Prediction guided =
                    new Guidance(paired, 3, Clip.NONE).predict(Rng.of(1).normal(3, 1, 1, 1), LEVEL);
            assertThat(Tensors.doubles(guided.varianceFraction())).containsExactly(1, 2, 3);
        });
    }

    @Test
    void refusesAWeightThatIsNoNumber() {
        assertThatThrownBy(() -> new Guidance(paired, Double.NaN, Clip.NONE)).hasMessageContaining("finite: NaN");
    }
}
