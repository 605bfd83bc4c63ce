package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Case;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Spacing;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DdimTest {
    static final String[] CASES = Case.ALL;
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000).respaced(50);

    @ParameterizedTest
    @FieldSource("CASES")
    void chainIsThatOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        Denoiser denoiser = process.denoiser(golden.network(), Clip.PIXELS);
        Ddim sampler = new Ddim(process.schedule(), 0);
        Scope.run(() -> {
            Tensor noise = golden.tensor("x_T");
            Tensor x = sampler.calls() <= 250
                    ? sampler.sample(denoiser, noise, Rng.of(1))
                    : sampler.step(denoiser, noise, sampler.calls() - 1, Rng.of(1));
            assertClose("x", x, golden.values("ddim_eta0"), 1e-5);
        });
    }

    @Test
    void withoutFreshNoiseTheRandomSourcePlaysNoPart() {
        Scope.run(() -> {
            Tensor noise = Rng.of(1).normal(3, 1, 2, 2);
            Denoiser denoiser = Toy.gaussian(0.2, 0.5);
            double[] once = Tensors.doubles(new Ddim(SCHEDULE, 0).sample(denoiser, noise, Rng.of(1)));
            double[] again = Tensors.doubles(new Ddim(SCHEDULE, 0).sample(denoiser, noise, Rng.of(2)));
            assertThat(once).isEqualTo(again);
            double[] random = Tensors.doubles(new Ddim(SCHEDULE, 0.1).sample(denoiser, noise, Rng.of(2)));
            assertThat(once).isNotEqualTo(random);
        });
    }

    @Test
    void inversionGivesBackTheNoiseAndSamplingTheImage() {
        Denoiser denoiser = Toy.mixture(0.4, new double[] {-0.5, 0.2}, new double[] {0.5, 0.3});
        Ddim ddim = new Ddim(SCHEDULE, 0);
        Scope.run(() -> {
            Tensor noise = Rng.of(7).normal(20, 1, 2, 2);
            Tensor image = ddim.sample(denoiser, noise, Rng.of(1));
            Tensor found = ddim.invert(denoiser, image, 20);
            assertClose("noise", found, Tensors.doubles(noise), 2e-3);
            assertClose("image", ddim.sample(denoiser, found, Rng.of(1)), Tensors.doubles(image), 1e-4);
        });
    }

    @Test
    void oneIterationIsTheUsualEncodingWhichMoreStepsImprove() {
        Denoiser denoiser = Toy.gaussian(0.2, 0.5);
        Scope.run(() -> {
            Tensor image = Rng.of(7).uniform(20, 1, 2, 2);
            double[] error = new double[2];
            for (int i = 0; i < 2; i++) {
                Ddim ddim = new Ddim(NoiseSchedule.linear(1000).respaced(i == 0 ? 50 : 250), 0);
                Tensor again = ddim.sample(denoiser, ddim.invert(denoiser, image, 1), Rng.of(1));
                error[i] = again.sub(image).abs().max().item_double();
            }
            assertThat(error[1]).isLessThan(error[0] / 3);
        });
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatThrownBy(() -> new Ddim(SCHEDULE, 1.5)).hasMessage("eta must be in 0..1: 1.5");
        Ddim pure = new Ddim(NoiseSchedule.linear(1000).zeroTerminalSnr().respaced(Spacing.trailing(10)), 0);
        Scope.run(() -> {
            Tensor image = Rng.of(1).normal(1, 1, 1, 1);
            assertThatThrownBy(() -> pure.invert(Toy.gaussian(0, 1), image, 1)).hasMessageContaining("pure noise");
            assertThatThrownBy(() -> new Ddim(SCHEDULE, 0).invert(Toy.gaussian(0, 1), image, 0))
                    .hasMessageContaining("at least 1: 0");
        });
    }

    @Test
    void printsHowToMakeIt() {
        assertThat(new Ddim(SCHEDULE, 0)).hasToString("Ddim[schedule=linear(1000).respaced(50), eta=0.0]");
    }
}
