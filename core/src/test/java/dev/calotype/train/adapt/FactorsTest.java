package dev.calotype.train.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation.Method;
import dev.calotype.train.adapt.Adaptation.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactorsTest {
    private static final int OUT = 5, IN = 7, RANK = 3;

    private static Tensor leaf(Rng rng, long... shape) {
        return rng.normal(shape).requires_grad_(true);
    }

    /** A layer with an explicit adapter, y = x W', differentiated by the engine. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfAnExplicitAdapter(boolean lengths) {
        Scope.run(() -> {
            Rng rng = Rng.of(1);
            Tensor base = rng.normal(OUT, IN), x = rng.normal(4, IN), target = rng.normal(4, OUT);
            Tensor a = leaf(rng, RANK, IN), b = leaf(rng, OUT, RANK), m = leaf(rng, OUT);
            double scale = 1.7;
            Tensor v = base.add(b.matmul(a), new Scalar(scale));
            Tensor norm = Tensors.sum(v.mul(v), Tensors.dtype(v), 1).sqrt().unsqueeze(1);
            Tensor weight = lengths ? v.mul(m.unsqueeze(1).div(norm)) : v;
            Tensor error = x.matmul(weight.t()).sub(target);
            error.mul(error).mean().backward();

            Tensor whole = weight.detach().clone().requires_grad_(true);
            Tensor again = x.matmul(whole.t()).sub(target);
            again.mul(again).mean().backward();
            Factors factors = new Factors(scale, a.detach(), b.detach(), lengths ? m.detach() : null);
            Factors into = new Factors(
                    scale, torch.zeros_like(a.detach()), torch.zeros_like(b.detach()), torch.zeros_like(m.detach()));
            factors.gradients(base, whole.grad(), into);
            assertThat(Tensors.doubles(factors.merged(base)))
                    .containsExactly(Tensors.doubles(weight.detach()), within(1e-5));
            assertThat(Tensors.doubles(into.down())).containsExactly(Tensors.doubles(a.grad()), within(2e-5));
            assertThat(Tensors.doubles(into.up())).containsExactly(Tensors.doubles(b.grad()), within(2e-5));
            if (lengths)
                assertThat(Tensors.doubles(into.magnitude())).containsExactly(Tensors.doubles(m.grad()), within(2e-5));
        });
    }

    private static Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("down.0.conv.weight", new long[] {8, 4, 3, 3});
        shapes.put("down.0.conv.bias", new long[] {8});
        shapes.put("down.0.norm.weight", new long[] {8});
        shapes.put("attention.to_q.weight", new long[] {8, 8});
        shapes.put("out.weight", new long[] {3, 8, 3, 3});
        return shapes;
    }

    private static Adaptation adaptation(Method method, int rank, String... layers) {
        return new Adaptation(method, List.of(layers), Set.of(), rank, 4, 0, 1);
    }

    @Test
    void allMatricesThatAreWideEnoughGetFactors() {
        assertThat(adaptation(Method.LORA, 4).parts(shapes()))
                .containsEntry("down.0.conv.weight", Part.FACTORED)
                .containsEntry("attention.to_q.weight", Part.FACTORED)
                .containsEntry("down.0.norm.weight", Part.FROZEN)
                .containsEntry("down.0.conv.bias", Part.FROZEN)
                .containsEntry("out.weight", Part.FROZEN);
    }

    @Test
    void patternsAreWholePartsOfNames() {
        assertThat(adaptation(Method.LORA, 2, "to_q", "down.*.conv")
                        .parts(shapes())
                        .values())
                .containsExactly(Part.FACTORED, Part.FROZEN, Part.FROZEN, Part.FACTORED, Part.FROZEN);
        assertThat(adaptation(Method.PARTIAL, 2, "down.0").parts(shapes()).values())
                .containsExactly(Part.WHOLE, Part.WHOLE, Part.WHOLE, Part.FROZEN, Part.FROZEN);
        assertThat(new Adaptation(Method.LORA, List.of("to_q"), Set.of("bias"), 2, 4, 0, 1).parts(shapes()))
                .containsEntry("down.0.conv.bias", Part.WHOLE);
    }

    @Test
    void whatFitsNothingIsRefusedWithTheNearestNames() {
        assertThatThrownBy(() -> adaptation(Method.LORA, 2, "to_k").parts(shapes()))
                .hasMessage("layers must name weights of the network, of which there are attention.to_q.weight,"
                        + " out.weight, down.0.conv.weight: to_k");
        assertThatThrownBy(() -> adaptation(Method.LORA, 4, "out").parts(shapes()))
                .hasMessage("rank must be at most 3, the width of out.weight: 4");
        assertThatThrownBy(() -> adaptation(Method.LORA, 100).parts(shapes()))
                .hasMessage("rank must be at most the width of a weight: 100");
        assertThatThrownBy(() -> adaptation(Method.PARTIAL, 4))
                .hasMessage("layers must name what learns where method is partial: []");
        assertThatThrownBy(() -> adaptation(Method.LORA, 4, " "))
                .hasMessage("a pattern of weights must not be empty: ' '");
    }
}
