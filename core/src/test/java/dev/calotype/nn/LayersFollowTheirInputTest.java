package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Meta;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Layers make no tensor on another device than their input's. Convolving and normalising the device of the test cannot do. */
class LayersFollowTheirInputTest {
    private static Tensor meta(long... shape) {
        return Meta.DEVICE.zeros(shape);
    }

    /** What would make the other tests pass in vain. */
    @Test
    void theDeviceOfTheTestMixesWithNoOther() {
        Scope.run(() ->
                assertThatThrownBy(() -> meta(2, 3).mul(Rng.of(0).normal(2, 3))).isInstanceOf(RuntimeException.class));
    }

    @Test
    void embeddings() {
        Scope.run(() -> Meta.check(Embeddings.sinusoidal(meta(4), 32), 4, 32));
    }

    /** In bf16 with gradients, where attention is not the engine's. */
    @Test
    void attention() {
        Scope.run(() -> {
            Tensor q = meta(2, 4, 16, 8).to(ScalarType.BFloat16).requires_grad_(true);
            Tensor k = meta(2, 4, 16, 8).to(ScalarType.BFloat16);
            Meta.check(Attention.attend(q, k, k), 2, 4, 16, 8);
        });
    }

    @Test
    void dropout() {
        Scope.run(() -> Meta.check(new Dropout(0.5).apply(meta(2, 3).requires_grad_(true)), 2, 3));
    }

    @Test
    void resampling() {
        Scope.run(() -> {
            Meta.check(Convolutions.upsample(meta(2, 3, 4, 4)), 2, 3, 8, 8);
            Meta.check(Convolutions.downsample(meta(2, 3, 4, 4)), 2, 3, 2, 2);
        });
    }
}
