package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.experiment.Drawing.Wanted;
import dev.calotype.experiment.Drawing.Watcher;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images of several requests that are drawn at once. */
class DrawnTogetherTest {
    private static final SamplingSettings DDIM = new SamplingSettings(Method.DDIM, 3, 0, 1);

    private static DiffusionModel labelled() {
        return Tiny.model(Tiny.experiment("condition.by=label", "process.parameterization=velocity", "process.steps=10")
                .withClasses(List.of("a", "b", "c")));
    }

    private static Request request(SamplingSettings sampling, long seed, int label) {
        return new Request(sampling, seed, label);
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"DDIM", "ANCESTRAL", "DPM_SOLVER", "DPM_SOLVER_SDE"})
    void eachImageIsTheOneOfItsOwnRequest(Method method) {
        DiffusionModel model = labelled();
        SamplingSettings sampling = new SamplingSettings(method, 5, 0, 2);
        List<Wanted> wanted = List.of(
                new Wanted(request(sampling, 7, 2), 0),
                new Wanted(request(sampling, 8, 0), 5),
                new Wanted(request(sampling, 7, Request.ANY), 4),
                new Wanted(request(sampling, 7, 2), 1));
        Scope.run(() -> {
            Tensor together = model.sample(wanted, Watcher.NOBODY);
            for (int i = 0; i < wanted.size(); i++) {
                Tensor alone =
                        model.sample(wanted.get(i).request(), wanted.get(i).index(), 1);
                // to the bit where the processor's kernels do not go by the size of the batch
                assertThat(Tensors.floats(together.narrow(0, i, 1)))
                        .containsExactly(Tensors.floats(alone), within(1e-4f));
            }
        });
    }

    @Test
    void whoWatchesSeesEveryStepAndChangesNothing() {
        DiffusionModel model = labelled();
        List<Wanted> wanted = List.of(new Wanted(request(DDIM, 7, 0), 0), new Wanted(request(DDIM, 8, 1), 0));
        List<String> steps = new ArrayList<>();
        Scope.run(() -> {
            Tensor seen = model.sample(wanted, (done, of, predicted) -> {
                steps.add(done + " of " + of);
                assertThat(Tensors.shape(predicted.get())).containsExactly(2, 3, 8, 8);
            });
            Tensor unseen = model.sample(wanted, Watcher.NOBODY);
            assertThat(Tensors.floats(seen)).containsExactly(Tensors.floats(unseen));
        });
        assertThat(steps).containsExactly("1 of 3", "2 of 3", "3 of 3");
    }

    @Test
    void whatIsThrownOnTheWayEndsIt() {
        List<Wanted> wanted = List.of(new Wanted(request(DDIM, 7, 0), 0));
        assertThatThrownBy(() -> labelled().sample(wanted, (done, of, predicted) -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
    }

    @Test
    void imagesOfDifferentSamplersAreNotDrawnAtOnce() {
        SamplingSettings other = new SamplingSettings(Method.DDIM, 2, 0, 1);
        List<Wanted> wanted = List.of(new Wanted(request(DDIM, 7, 0), 0), new Wanted(request(other, 8, 1), 0));
        assertThatThrownBy(() -> labelled().sample(wanted, Watcher.NOBODY))
                .hasMessage("images that are drawn at once must be drawn with ddim, 3 steps: ddim, 2 steps");
    }
}
