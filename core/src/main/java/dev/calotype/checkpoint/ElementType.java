package dev.calotype.checkpoint;

import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types that a weight file may hold, by their names in safetensors. */
public enum ElementType {
    F64(ScalarType.Double, 8),
    F32(ScalarType.Float, 4),
    F16(ScalarType.Half, 2),
    BF16(ScalarType.BFloat16, 2),
    I64(ScalarType.Long, 8),
    I32(ScalarType.Int, 4),
    I16(ScalarType.Short, 2),
    I8(ScalarType.Char, 1),
    U8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    private final ScalarType scalar;
    private final int bytes;

    ElementType(ScalarType scalar, int bytes) {
        this.scalar = scalar;
        this.bytes = bytes;
    }

    /** The engine's name of this type. */
    public ScalarType scalar() {
        return scalar;
    }

    /** Bytes per element: 1, 2, 4 or 8. */
    public int bytes() {
        return bytes;
    }

    /** Whether the values are fractions. */
    public boolean floating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /** The type of a tensor's elements; throws {@link IllegalArgumentException} for complex and quantized ones. */
    public static ElementType of(Tensor x) {
        ScalarType scalar = Tensors.dtype(x);
        return Arrays.stream(values())
                .filter(type -> type.scalar == scalar)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "element type " + scalar + " cannot be stored, only " + Arrays.toString(values())));
    }

    /** The type called {@code name}, if there is one. */
    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
