package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * The engine's device of tensors without values. Elementwise operations that mix it with another device fail, so what
 * runs on it makes no tensor in the wrong place: the nearest thing to a GPU on a machine without one. Outside Python the
 * engine cannot convolve, normalise or look up rows on it.
 */
public final class Meta {
    public static final Device DEVICE = new Device(DeviceType.Meta, 0);

    private Meta() {}

    /** Takes the values from the weights of {@code network}, in place. The engine allows this only below {@code set_data}. */
    public static <N extends Module> N move(N network) {
        Scope.read(() -> {
            for (Tensor weight : Tensors.parameters(network).values())
                weight.unsafeGetTensorImpl()
                        .shallow_copy_from(DEVICE.move(weight.detach()).getIntrusivePtr());
            return null;
        });
        return network;
    }

    /** Fails unless {@code x} has that shape and no values. */
    public static void check(Tensor x, long... shape) {
        assertThat(Device.of(x)).isEqualTo(DEVICE);
        assertThat(Tensors.shape(x)).containsExactly(shape);
    }
}
