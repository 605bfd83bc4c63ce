package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.model.NoiseMaps;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.model.StyleGan2Toys;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class StyleProjectionTest {
    private static final StyleProjection SHORT = new StyleProjection(150, 0.1, 500);

    @Test
    void anImageOfTheGeneratorIsFoundAgain() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor w = generator.styles(StyleGan2Toys.z("z")).detach();
            Tensor targets = generator.synthesize(w, NoiseMaps.fixed()).detach();
            Tensor found = SHORT.project(generator, targets, StyleProjection.pixels(), Rng.of(1));
            Tensor mean = generator.meanStyle(500, Rng.of(1).fork(0)).expand(4, w.size(1));
            double start = Deviation.relative(generator.synthesize(mean, NoiseMaps.fixed()), targets);
            double end = Deviation.relative(generator.synthesize(found, NoiseMaps.fixed()), targets);
            assertThat(end).isLessThan(0.1 * start);
        });
    }

    @Test
    void aStreamFixesWhatIsFound() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            Tensor targets = StyleGan2Toys.images().narrow(0, 0, 2);
            StyleProjection few = new StyleProjection(5, 0.1, 50);
            Tensor both = few.project(generator, targets, StyleProjection.pixels(), Rng.of(1));
            Tensor again = few.project(generator, targets, StyleProjection.pixels(), Rng.of(1));
            assertThat(Deviation.largest(both, again)).isZero();
            assertThat(Deviation.largest(both.narrow(0, 0, 1), both.narrow(0, 1, 1)))
                    .isPositive();
        });
    }

    @Test
    void theGeneratorIsLeftAsItWas() {
        Scope.run(() -> {
            StyleGan2Generator generator = StyleGan2Toys.generator();
            new StyleProjection(2, 0.1, 10)
                    .project(generator, StyleGan2Toys.images().narrow(0, 0, 1), StyleProjection.pixels(), Rng.of(1));
            Tensors.parameters(generator)
                    .values()
                    .forEach(p -> assertThat(p.grad().defined()).isFalse());
        });
    }

    @Test
    void memoryDoesNotGrowWithTheSteps() {
        Runnable work = () -> Scope.run(() -> new StyleProjection(5, 0.1, 10)
                .project(
                        StyleGan2Toys.generator(),
                        StyleGan2Toys.images().narrow(0, 0, 1),
                        StyleProjection.pixels(),
                        Rng.of(1)));
        work.run();
        long before = Scope.live();
        work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new StyleProjection(0, 0.1, 10)).hasMessage("steps must be at least 1: 0");
    }
}
