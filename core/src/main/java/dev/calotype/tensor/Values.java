package dev.calotype.tensor;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Small tensors on a CPU read and written where they lie. For some hundred numbers a loop in Java is done before the engine has been called
 * twice.
 */
public final class Values {
    private static final int HALF = 0x7fff, NAN = 0x7fc0;

    private Values() {}

    /** The values in row-major order of {@code x}, which is in fp32 or bf16 and on a CPU. */
    public static float[] read(Tensor x) {
        float[] values = new float[Math.toIntExact(x.numel())];
        Tensor rows = x.contiguous();
        if (Tensors.dtype(x) == ScalarType.BFloat16) {
            short[] halves = new short[values.length];
            new ShortPointer(rows.data_ptr()).get(halves);
            for (int i = 0; i < values.length; i++) values[i] = Float.intBitsToFloat(halves[i] << 16);
        } else {
            if (Tensors.dtype(x) != ScalarType.Float)
                throw new IllegalArgumentException("expected fp32 or bf16: " + Tensors.dtype(x));
            new FloatPointer(rows.data_ptr()).get(values);
        }
        return values;
    }

    /** A bf16 tensor of this shape on a CPU, of these values in row-major order, each rounded to the nearest, of two as near to the even one. */
    public static Tensor halves(float[] values, Tensor like, long... shape) {
        Tensor made = like.new_empty(shape);
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) halves[i] = half(values[i]);
        new ShortPointer(made.data_ptr()).put(halves);
        return made;
    }

    private static short half(float value) {
        if (Float.isNaN(value)) return NAN;
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + HALF + ((bits >>> 16) & 1)) >>> 16);
    }
}
