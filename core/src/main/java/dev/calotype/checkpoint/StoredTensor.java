package dev.calotype.checkpoint;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * A tensor on disk, or one made of some: its type and its shape are known, its numbers are read when they are wanted. So a network can
 * be filled one tensor at a time, whatever its weights are called in their file.
 */
public final class StoredTensor {
    private static final long PIECE = 4 << 20;

    /** Puts the numbers into a tensor of the same shape, whatever its element type and its order in memory. */
    private interface Filling {
        void fill(Tensor target, Tensor scratch) throws IOException;
    }

    /** Some rows of a tensor, of which alone is read. */
    private interface Slicing {
        StoredTensor of(long first, long count);
    }

    private final ElementType type;
    private final long[] shape;
    private final Filling filling;
    private final Slicing slicing;

    private StoredTensor(ElementType type, long[] shape, Filling filling) {
        this(type, shape, filling, null);
    }

    private StoredTensor(ElementType type, long[] shape, Filling filling, Slicing slicing) {
        this.type = type;
        this.shape = shape.clone();
        this.filling = filling;
        this.slicing = slicing;
    }

    /** One that is in memory already, and is borrowed. */
    public static StoredTensor of(Tensor loaded) {
        return new StoredTensor(
                ElementType.of(loaded), Tensors.shape(loaded), (target, scratch) -> target.copy_(loaded));
    }

    /** What {@code make} makes of others; it is called with their shapes alone first. */
    public static StoredTensor of(List<StoredTensor> parts, Function<Tensor[], Tensor> make) {
        StoredTensor outline = Scope.read(
                () -> of(make.apply(parts.stream().map(StoredTensor::outline).toArray(Tensor[]::new))));
        return new StoredTensor(outline.type, outline.shape, (target, scratch) -> {
            Tensor[] read = new Tensor[parts.size()];
            for (int i = 0; i < read.length; i++) read[i] = parts.get(i).read();
            target.copy_(make.apply(read));
        });
    }

    /** What {@code change} makes of this: another shape, a part, another order. */
    public StoredTensor changed(Function<Tensor, Tensor> change) {
        return of(List.of(this), parts -> change.apply(parts[0]));
    }

    /**
     * Some of the first dimension; of a tensor in a file no more is read.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public StoredTensor rows(long first, long count) {
        if (shape.length == 0 || first < 0 || count < 0 || count > shape[0] - first)
            throw new IllegalArgumentException(
                    "rows " + first + " and " + count + " on are not within the shape " + Arrays.toString(shape));
        return slicing == null ? changed(x -> x.narrow(0, first, count)) : slicing.of(first, count);
    }

    /** The elements of a file from byte {@code position} on, row by row. */
    static StoredTensor of(ElementType type, long[] shape, Origin origin, long position) {
        Filling filling = (target, scratch) -> {
            try (FileChannel channel = origin.open()) {
                pieces(target, scratch.view(type.scalar()), channel, position);
            }
        };
        return new StoredTensor(type, shape, filling, (first, count) -> {
            long[] some = shape.clone();
            long row = Tensors.count(shape) / Math.max(1, shape[0]) * type.bytes();
            some[0] = count;
            return of(type, some, origin, position + first * row);
        });
    }

    /** The elements of a type. */
    public ElementType type() {
        return type;
    }

    /** The sizes. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of dimensions. */
    public int dim() {
        return shape.length;
    }

    /** The size of a dimension. */
    public long size(int dimension) {
        return shape[dimension];
    }

    /** The number of elements. */
    public long count() {
        return Tensors.count(shape);
    }

    /**
     * The numbers, in the caller's scope, in their own type.
     *
     * @throws IOException if they cannot be read, or their file has changed since it was looked at
     */
    public Tensor read() throws IOException {
        Tensor target = NativeBytes.empty(type, shape);
        into(target, NativeBytes.empty(ElementType.U8, 0));
        return target;
    }

    /** Memory for {@link #into}, which serves for many tensors one after the other. */
    static Tensor scratch() {
        return NativeBytes.empty(ElementType.U8, PIECE);
    }

    /** Puts the numbers into a tensor of this shape, in its type and its order in memory. */
    void into(Tensor target, Tensor scratch) throws IOException {
        NativeBytes.tidy(() -> {
            filling.fill(target, scratch);
            return new Tensor[0];
        });
    }

    private Tensor outline() {
        return torch.empty(
                shape,
                new TensorOptions(type.scalar()).device(new DeviceOptional(new Device(torch.DeviceType.Meta))),
                null);
    }

    /** Reads a few rows after the other, so that what is converted is still in the processor's cache. */
    private static void pieces(Tensor target, Tensor scratch, FileChannel file, long position) throws IOException {
        boolean plain = target.is_contiguous();
        if (plain && Tensors.dtype(target) == Tensors.dtype(scratch)) {
            NativeBytes.fill(target, file, position);
            return;
        }
        Tensor rows = plain ? target.view(-1) : target;
        long[] sizes = Tensors.shape(rows);
        long count = sizes[0], width = rows.numel() / Math.max(1, count), bytes = width * scratch.element_size();
        if (bytes == 0) return;
        long most = Math.min(count, Math.max(1, scratch.numel() / width));
        Tensor piece = most * width <= scratch.numel() ? scratch : scratch.new_empty(width);
        for (long row = 0; row < count; row += most) {
            sizes[0] = Math.min(most, count - row);
            long to = row;
            NativeBytes.tidy(() -> {
                Tensor read = piece.narrow(0, 0, sizes[0] * width);
                NativeBytes.fill(read, file, position + to * bytes);
                rows.narrow(0, to, sizes[0]).copy_(read.view(sizes));
                return new Tensor[0];
            });
        }
    }

    /**
     * A file as it was when its header was read: what is read of it later must be of the same.
     *
     * @param then its size, time and identity
     */
    record Origin(Path path, BasicFileAttributes then) {
        static Origin of(Path path) throws IOException {
            return new Origin(path, Files.readAttributes(path, BasicFileAttributes.class));
        }

        private FileChannel open() throws IOException {
            if (!Files.exists(path)) throw new IOException(path + " was removed while it was read");
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.size() != then.size()
                    || !now.lastModifiedTime().equals(then.lastModifiedTime())
                    || !Objects.equals(now.fileKey(), then.fileKey()))
                throw new IOException(path + " has changed while it was read");
            return FileChannel.open(path);
        }
    }

    @Override
    public String toString() {
        return type + " " + Arrays.toString(shape);
    }
}
