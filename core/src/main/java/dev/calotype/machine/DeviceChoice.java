package dev.calotype.machine;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.calotype.tensor.Device;
import java.util.Optional;

/**
 * The device that a recipe or an option asks for.
 *
 * @param named empty for {@code auto}: the best that this machine has at the time
 */
public record DeviceChoice(Optional<Device> named) {
    /** A GPU if there is one, else the processor. */
    public static final DeviceChoice AUTO = new DeviceChoice(Optional.empty());

    /** {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
    @JsonCreator
    public static DeviceChoice parse(String text) {
        if (text.equals("auto")) return AUTO;
        try {
            return new DeviceChoice(Optional.of(Device.parse(text)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("device must be auto, cpu, cuda or cuda:N: " + text, e);
        }
    }

    /**
     * The device that this means here.
     *
     * @throws IllegalArgumentException if this machine lacks it; says what to do
     */
    public Device resolve() {
        return named.map(Device::require).orElseGet(Device::best);
    }

    @Override
    @JsonValue
    public String toString() {
        return named.map(Device::toString).orElse("auto");
    }
}
