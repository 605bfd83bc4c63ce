package dev.calotype.diffusion;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class BitsPerDimTest {
    static final String[] CASES = Case.ALL;
    static final String[] SHORT = {"iddpm_cosine_4000_respaced_50", "iddpm_cosine_4000_ddim25", "linear_1000_predict_x0"
    };

    @ParameterizedTest
    @FieldSource("SHORT")
    void boundIsThatOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        int last = process.schedule().steps() - 1;
        Scope.run(() -> {
            Tensor clean = golden.tensor("x0").narrow(0, 0, 2);
            BitsPerDim bits =
                    BitsPerDim.evaluate(process, golden.network(), clean, t -> golden.slice("bpd_noise", last - t));
            assertClose("total", bits.total(), golden.values("total_bpd"), 1e-5);
            assertClose("vb", fromTheLast(bits.vb()), golden.values("bpd_vb"), 1e-5);
            assertClose("mse", fromTheLast(bits.epsMse()), golden.values("bpd_mse"), 1e-5);
            assertClose("x̂₀", fromTheLast(bits.cleanMse()), golden.values("bpd_xstart_mse"), 1e-5);
        });
    }

    private static double[] fromTheLast(double[][] table) {
        return Arrays.stream(table)
                .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[row.length - 1 - i]))
                .toArray();
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void priorIsThatOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        Scope.run(() -> {
            double[] prior = Tensors.doubles(BitsPerDim.prior(golden.process(), golden.tensor("x0")));
            double[] expected = golden.values("prior_bpd");
            for (int i = 0; i < prior.length; i++) // the reference loses its digits in fp32 where the prior is tiny
            assertThat(prior[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-7));
        });
    }

    @Test
    void aModelThatKnowsThePicturePaysForTheLastStepOnly() {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.linear(100), Parameterization.CLEAN, Variance.FIXED_SMALL);
        Scope.run(() -> {
            Tensor gray = Tensors.scale(1 / 255.0, torch.ones(3, 1, 4, 4));
            BitsPerDim known = process.bitsPerDim((x, times) -> gray, gray, Rng.images(5, 0, 3));
            BitsPerDim unknown = process.bitsPerDim((x, times) -> x.mul(x), gray, Rng.images(5, 0, 3));
            BitsPerDim alone = process.bitsPerDim((x, times) -> x.mul(x), gray.narrow(0, 0, 1), Rng.images(5, 2, 1));
            assertThat(Arrays.stream(known.vb()[0]).skip(1).sum()).isLessThan(1e-9);
            assertThat(known.mean()).isLessThan(4).isLessThan(unknown.mean());
            assertClose("alone", alone.total(), new double[] {unknown.total()[2]}, 1e-6);
        });
    }

    @Test
    void anEvaluationLeavesNothingBehind() {
        Case golden = Case.of("iddpm_cosine_4000_ddim25");
        Runnable run =
                () -> Scope.run(() -> golden.process().bitsPerDim(golden.network(), golden.tensor("x0"), Rng.of(1)));
        run.run();
        long before = Scope.live();
        run.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
