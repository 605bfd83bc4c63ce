package dev.calotype;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * The engine's device of tensors without values. An operation that mixes it with another device fails, so a network that
 * runs on it makes no tensor in the wrong place: the nearest thing to a GPU on a machine without one.
 */
public final class Meta {
    public static final Device DEVICE = new Device(DeviceType.Meta, 0);

    private Meta() {}

    /** Takes the values from the weights of {@code network}. The engine allows this only below {@code set_data}. */
    public static <N extends Module> N move(N network) {
        Scope.read(() -> {
            Tensors.parameters(network).values().forEach(Meta::strip);
            Tensors.buffers(network).values().forEach(Meta::strip);
            return null;
        });
        return network;
    }

    /** Takes the values from {@code tensor}, in place. */
    public static void strip(Tensor tensor) {
        tensor.unsafeGetTensorImpl()
                .shallow_copy_from(DEVICE.move(tensor.detach()).getIntrusivePtr());
    }
}
