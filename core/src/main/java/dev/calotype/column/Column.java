package dev.calotype.column;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** The values of one name, one row for each sample. Arrays are not copied: do not change them. */
public sealed interface Column {
    /** N, the number of rows. */
    int count();

    /** The rows {@code from} to {@code to - 1}. */
    Column rows(int from, int to);

    /**
     * The rows of several columns, this one the first of them, one after the other.
     *
     * @throws IllegalArgumentException if they are not alike in type and shape
     */
    Column joined(List<Column> all);

    /**
     * Whole numbers of 8 bits without sign, such as pixels.
     *
     * @param values (N, ...) in row-major order
     * @param shape of one row: (C, H, W) of an image, (T, C, H, W) of a video
     */
    record Bytes(byte[] values, List<Integer> shape) implements Column {
        public Bytes {
            shape = checked(shape, values.length);
        }

        @Override
        public int count() {
            return values.length / length(shape);
        }

        @Override
        public Bytes rows(int from, int to) {
            return new Bytes(Arrays.copyOfRange(values, from * length(shape), to * length(shape)), shape);
        }

        @Override
        public Bytes joined(List<Column> all) {
            List<Bytes> parts = alike(all, this, shape, Bytes::shape);
            byte[] joined = new byte[total(parts, part -> part.values.length)];
            int at = 0;
            for (Bytes part : parts) {
                System.arraycopy(part.values, 0, joined, at, part.values.length);
                at += part.values.length;
            }
            return new Bytes(joined, shape);
        }

        /** A uint8 tensor (N, ...) on {@code device}, in the caller's scope. */
        public Tensor tensor(Device device) {
            return device.move(Tensors.of(values, dimensions(count(), shape)));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes b && Arrays.equals(values, b.values) && shape.equals(b.shape);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    /**
     * Numbers, such as latents, embeddings, or what share of each class a sample is.
     *
     * @param values (N, ...) in row-major order
     * @param shape of one row: (C, H, W) of a latent, (D) of an embedding
     */
    record Floats(float[] values, List<Integer> shape) implements Column {
        public Floats {
            shape = checked(shape, values.length);
        }

        @Override
        public int count() {
            return values.length / length(shape);
        }

        @Override
        public Floats rows(int from, int to) {
            return new Floats(Arrays.copyOfRange(values, from * length(shape), to * length(shape)), shape);
        }

        @Override
        public Floats joined(List<Column> all) {
            List<Floats> parts = alike(all, this, shape, Floats::shape);
            float[] joined = new float[total(parts, part -> part.values.length)];
            int at = 0;
            for (Floats part : parts) {
                System.arraycopy(part.values, 0, joined, at, part.values.length);
                at += part.values.length;
            }
            return new Floats(joined, shape);
        }

        /** An fp32 tensor (N, ...) on {@code device}, in the caller's scope. */
        public Tensor tensor(Device device) {
            return device.move(Tensors.of(values, dimensions(count(), shape)));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Floats f && Arrays.equals(values, f.values) && shape.equals(f.shape);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    /**
     * A whole number for each sample, such as the index of its class.
     *
     * @param values N
     */
    record Numbers(int... values) implements Column {
        @Override
        public int count() {
            return values.length;
        }

        @Override
        public Numbers rows(int from, int to) {
            return new Numbers(Arrays.copyOfRange(values, from, to));
        }

        @Override
        public Numbers joined(List<Column> all) {
            List<Numbers> parts = alike(all, this, List.of(), part -> List.of());
            return new Numbers(parts.stream()
                    .flatMapToInt(part -> Arrays.stream(part.values))
                    .toArray());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers n && Arrays.equals(values, n.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    /**
     * A text for each sample, such as its caption; empty where there is none.
     *
     * @param values N
     */
    record Texts(List<String> values) implements Column {
        public Texts {
            values = List.copyOf(values);
        }

        @Override
        public int count() {
            return values.size();
        }

        @Override
        public Texts rows(int from, int to) {
            return new Texts(values.subList(from, to));
        }

        @Override
        public Texts joined(List<Column> all) {
            List<Texts> parts = alike(all, this, List.of(), part -> List.of());
            return new Texts(
                    parts.stream().flatMap(part -> part.values.stream()).toList());
        }
    }

    /**
     * Named texts for each sample, such as the attributes of what it shows; empty where nothing is known.
     *
     * @param values N
     */
    record Facts(List<Map<String, String>> values) implements Column {
        public Facts {
            values = List.copyOf(values);
        }

        @Override
        public int count() {
            return values.size();
        }

        @Override
        public Facts rows(int from, int to) {
            return new Facts(values.subList(from, to));
        }

        @Override
        public Facts joined(List<Column> all) {
            List<Facts> parts = alike(all, this, List.of(), part -> List.of());
            return new Facts(
                    parts.stream().flatMap(part -> part.values.stream()).toList());
        }
    }

    private static List<Integer> checked(List<Integer> shape, int length) {
        if (length(shape) < 1 || length % length(shape) != 0)
            throw new IllegalArgumentException(length + " values do not fill rows of the shape " + shape);
        return List.copyOf(shape);
    }

    private static int length(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    private static long[] dimensions(int count, List<Integer> shape) {
        return LongStream.concat(LongStream.of(count), shape.stream().mapToLong(d -> d))
                .toArray();
    }

    private static <C extends Column> int total(List<C> parts, ToIntFunction<C> length) {
        return parts.stream().mapToInt(length).reduce(0, Math::addExact);
    }

    @SuppressWarnings("unchecked")
    private static <C extends Column> List<C> alike(
            List<Column> all, C first, List<Integer> shape, Function<C, List<Integer>> shapeOf) {
        for (Column column : all) {
            if (column.getClass() != first.getClass())
                throw new IllegalArgumentException("rows must be alike: "
                        + first.getClass().getSimpleName() + " and "
                        + column.getClass().getSimpleName());
            if (!shapeOf.apply((C) column).equals(shape))
                throw new IllegalArgumentException(
                        "rows must have one shape: " + shape + " and " + shapeOf.apply((C) column));
        }
        return (List<C>) all;
    }
}
