package dev.calotype.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The few tensor expressions that JavaCPP makes noisy. */
public final class Tensors {
    private Tensors() {}

    /** {@code a * x}. */
    public static Tensor scale(double a, Tensor x) {
        return x.mul(new Scalar(a));
    }

    /** {@code a * x + b * y}. */
    public static Tensor combine(double a, Tensor x, double b, Tensor y) {
        return scale(a, x).add(y, new Scalar(b));
    }

    /** Clips to the image range [-1, 1]. */
    public static Tensor clip(Tensor x) {
        return clamp(x, -1, 1);
    }

    /** Clips to [low, high]. */
    public static Tensor clamp(Tensor x, double low, double high) {
        return x.clamp(new ScalarOptional(new Scalar(low)), new ScalarOptional(new Scalar(high)));
    }

    /** Reshapes a per-sample vector (N) to (N, 1, 1, ...) so that it broadcasts against {@code like}. */
    public static Tensor perSample(Tensor vector, Tensor like) {
        long[] shape = new long[(int) like.dim()];
        java.util.Arrays.fill(shape, 1);
        shape[0] = vector.size(0);
        return vector.reshape(shape);
    }

    /** One fp32 value per sample, shaped (N, 1, 1, ...) to broadcast against {@code like} and on its device. */
    public static Tensor perSample(double[] values, Tensor like) {
        if (values.length != like.size(0))
            throw new IllegalArgumentException(values.length + " values for a batch of " + like.size(0));
        return Device.of(like).move(perSample(of(values), like));
    }

    /** The values of {@code x} on the device and in the element type of {@code like}. */
    public static Tensor as(Tensor x, Tensor like) {
        return Device.of(like).move(x).to(dtype(like));
    }

    /** The mean over everything but the first dimension: (N, ...) to (N). */
    public static Tensor meanPerSample(Tensor x) {
        return x.reshape(x.size(0), -1).mean(1);
    }

    /** An fp32 tensor of the given shape, filled from {@code values} in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        requireCount(values.length, shape);
        Tensor t = torch.empty(shape);
        if (values.length > 0) new FloatPointer(t.data_ptr()).put(values, 0, values.length);
        return t;
    }

    /** A double-precision tensor of the given shape, filled from {@code values} in row-major order. */
    public static Tensor ofDoubles(double[] values, long... shape) {
        requireCount(values.length, shape);
        Tensor t = torch.empty(shape, new TensorOptions(ScalarType.Double), null);
        if (values.length > 0) new DoublePointer(t.data_ptr()).put(values, 0, values.length);
        return t;
    }

    /** An fp32 vector. */
    public static Tensor of(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
        return of(floats, floats.length);
    }

    /** A uint8 tensor of the given shape, filled from {@code values} in row-major order. */
    public static Tensor of(byte[] values, long... shape) {
        requireCount(values.length, shape);
        Tensor t = torch.empty(shape, new TensorOptions(ScalarType.Byte), null);
        if (values.length > 0) new BytePointer(t.data_ptr()).put(values, 0, values.length);
        return t;
    }

    /** An int64 vector. */
    public static Tensor of(int... values) {
        long[] longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) longs[i] = values[i];
        return torch.tensor(longs);
    }

    /** An fp32 vector of {@code count} equal values. */
    public static Tensor fill(long count, double value) {
        return torch.full(new long[] {count}, new Scalar(value));
    }

    /** The values in row-major order, converted to fp32. */
    public static float[] floats(Tensor x) {
        float[] values = new float[Math.toIntExact(x.numel())];
        Scope.run(() -> {
            Tensor flat = x.detach().cpu().to(ScalarType.Float).contiguous();
            if (values.length > 0) new FloatPointer(flat.data_ptr()).get(values);
        });
        return values;
    }

    /** The values in row-major order, converted to doubles. */
    public static double[] doubles(Tensor x) {
        double[] values = new double[Math.toIntExact(x.numel())];
        Scope.run(() -> {
            Tensor flat = x.detach().cpu().to(ScalarType.Double).contiguous();
            if (values.length > 0) new DoublePointer(flat.data_ptr()).get(values);
        });
        return values;
    }

    /** The bytes of a uint8 tensor in row-major order. */
    public static byte[] bytes(Tensor x) {
        if (dtype(x) != ScalarType.Byte) throw new IllegalArgumentException("expected a uint8 tensor: " + dtype(x));
        byte[] values = new byte[Math.toIntExact(x.numel())];
        Scope.run(() -> {
            Tensor flat = x.detach().cpu().contiguous();
            if (values.length > 0) new BytePointer(flat.data_ptr()).get(values);
        });
        return values;
    }

    /** The element type, interned: enums that come from native code are not (== and switch would fail). */
    public static ScalarType dtype(Tensor x) {
        return x.scalar_type().intern();
    }

    /** The sizes as a Java array. */
    public static long[] shape(Tensor x) {
        long[] shape = new long[(int) x.dim()];
        for (int i = 0; i < shape.length; i++) shape[i] = x.size(i);
        return shape;
    }

    /** The strides as a Java array. */
    public static long[] strides(Tensor x) {
        long[] strides = new long[(int) x.dim()];
        for (int i = 0; i < strides.length; i++) strides[i] = x.stride(i);
        return strides;
    }

    /** The number of elements of {@code shape}. */
    public static long count(long... shape) {
        for (long size : shape) if (size == 0) return 0; // whatever the others are
        long count = 1;
        for (long size : shape) count = Math.multiplyExact(count, size);
        return count;
    }

    /** The elements of a vector as handles of their own, which outlive it. */
    public static Tensor[] list(TensorVector vector) {
        Tensor[] tensors = new Tensor[(int) vector.size()];
        for (int i = 0; i < tensors.length; i++) tensors[i] = new Tensor(vector.get(i));
        return tensors;
    }

    /** An argument that an operator also accepts without a value. */
    public static TensorOptional optional(Tensor x) {
        return new TensorOptional(x);
    }

    /** Splits in {@code parts} equal parts along {@code dimension}. */
    public static Tensor[] chunk(Tensor x, int parts, long dimension) {
        return list(x.chunk(parts, dimension));
    }

    /** Makes some rows. */
    @FunctionalInterface
    public interface Rows {
        /** Those from the row {@code first} on. */
        Tensor of(long first, int count);
    }

    /** {@code count} rows, at least one, of which at most {@code most} are made at once. */
    public static Tensor inParts(long count, long most, Rows rows) {
        Tensor[] parts = new Tensor[(int) ((count + most - 1) / most)];
        for (int i = 0; i < parts.length; i++) {
            long first = i * most;
            parts[i] = Scope.tidy(() -> rows.of(first, (int) Math.min(most, count - first)));
        }
        return cat(0, parts);
    }

    /** Joins along {@code dimension}. */
    public static Tensor cat(long dimension, Tensor... parts) {
        return torch.cat(new TensorVector(parts), dimension);
    }

    /** Joins along a new {@code dimension}. */
    public static Tensor stack(long dimension, Tensor... parts) {
        return torch.stack(new TensorVector(parts), dimension);
    }

    /** Sums along {@code dimension}, accumulating and answering in {@code dtype}. */
    public static Tensor sum(Tensor x, ScalarType dtype, long dimension) {
        return x.sum(new long[] {dimension}, false, new ScalarTypeOptional(dtype));
    }

    /** The parameters of a module and its children by their dotted names, in order of registration. */
    public static Map<String, Tensor> parameters(Module module) {
        return copy(module.named_parameters());
    }

    /** The buffers (running statistics) of a module and its children by their dotted names. */
    public static Map<String, Tensor> buffers(Module module) {
        return copy(module.named_buffers());
    }

    private static Map<String, Tensor> copy(StringTensorDict dict) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        var names = dict.keys();
        var values = dict.values();
        for (long i = 0; i < dict.size(); i++) tensors.put(names.get(i).getString(), new Tensor(values.get(i)));
        return tensors;
    }

    private static void requireCount(long values, long... shape) {
        if (values != count(shape))
            throw new IllegalArgumentException(
                    values + " values do not fill the shape " + java.util.Arrays.toString(shape));
    }
}
