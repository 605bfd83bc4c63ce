package dev.calotype.diffusion;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class GaussianTest {
    @Test
    void theProbabilitiesOfAllPixelValuesSumToOne() {
        Scope.run(() -> {
            double[] pixels =
                    IntStream.range(0, 256).mapToDouble(v -> v / 127.5 - 1).toArray();
            for (double mean : new double[] {-1.3, 0.1, 0.98})
                for (double deviation : new double[] {0.004, 0.1, 2}) {
                    Gaussian gaussian =
                            new Gaussian(Tensors.fill(256, mean), Tensors.fill(256, 2 * Math.log(deviation)));
                    double[] log = Tensors.doubles(gaussian.logLikelihood(Tensors.of(pixels)));
                    assertThat(Arrays.stream(log).map(Math::exp).sum()).isCloseTo(1, within(2e-5));
                }
        });
    }

    @Test
    void divergenceIsZeroFromItselfAndKnownFromAnother() {
        Scope.run(() -> {
            Tensor mean = Tensors.of(1.0, 2.0);
            Gaussian p = new Gaussian(mean, Tensors.of(0.0, 1.0));
            assertClose("self", p.divergence(p), new double[] {0, 0}, 1e-7);
            Gaussian q = new Gaussian(torch.zeros(2), Tensors.of(Math.log(4), 0));
            double first = 0.5 * (Math.log(4) - 1 + (1 + 1) / 4.0); // log(σq/σp) + (σp² + μ²)/(2σq²) − ½
            double second = 0.5 * (-1 - 1 + Math.E + 4);
            assertClose("other", p.divergence(q), new double[] {first, second}, 1e-6);
        });
    }
}
