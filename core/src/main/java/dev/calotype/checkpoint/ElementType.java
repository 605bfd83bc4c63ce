package dev.calotype.checkpoint;

import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types that a weight file may hold, by their names in safetensors. */
public enum ElementType {
    F64(ScalarType.Double, 64),
    F32(ScalarType.Float, 32),
    F16(ScalarType.Half, 16),
    BF16(ScalarType.BFloat16, 16),
    I64(ScalarType.Long, 64),
    I32(ScalarType.Int, 32),
    I16(ScalarType.Short, 16),
    I8(ScalarType.Char, 8),
    U8(ScalarType.Byte, 8),
    BOOL(ScalarType.Bool, 8),
    U64(ScalarType.UInt64, 64),
    U32(ScalarType.UInt32, 32),
    U16(ScalarType.UInt16, 16),
    C64(ScalarType.ComplexFloat, 64),
    F8_E4M3(ScalarType.Float8_e4m3fn, 8),
    F8_E5M2(ScalarType.Float8_e5m2, 8),
    F8_E8M0(ScalarType.Float8_e8m0fnu, 8),
    F6_E2M3(null, 6),
    F6_E3M2(null, 6),
    F4(null, 4);

    private final ScalarType scalar;
    private final int bits;

    ElementType(ScalarType scalar, int bits) {
        this.scalar = scalar;
        this.bits = bits;
    }

    /** Whether the engine has this type: tensors of the others are listed and not read. */
    public boolean supported() {
        return scalar != null;
    }

    /** The engine's name of this type; throws {@link IllegalStateException} if it has none. */
    public ScalarType scalar() {
        if (scalar == null) throw new IllegalStateException("the engine has no type " + this);
        return scalar;
    }

    /** Bits per element. */
    public int bits() {
        return bits;
    }

    /** Bytes per element of a supported type: 1, 2, 4 or 8. */
    public int bytes() {
        return bits / 8;
    }

    /** Whether the values are fractions. */
    public boolean floating() {
        return name().startsWith("F") || this == BF16;
    }

    /** The type of a tensor's elements; throws {@link IllegalArgumentException} for quantized ones and complex ones of other widths. */
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
