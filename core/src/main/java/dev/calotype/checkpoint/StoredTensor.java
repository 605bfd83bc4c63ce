package dev.calotype.checkpoint;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
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

    /** Where rows stand in the tensor that they are of. */
    private record Place(StoredTensor whole, long first) {}

    private final ElementType type;
    private final long[] shape;
    private final Filling filling;
    private final Slicing slicing; // null where all is read for some
    private final Place place; // null where it is not rows of another

    private StoredTensor(ElementType type, long[] shape, Filling filling) {
        this(type, shape, filling, null, null);
    }

    private StoredTensor(ElementType type, long[] shape, Filling filling, Slicing slicing, Place place) {
        this.type = type;
        this.shape = shape.clone();
        this.filling = filling;
        this.slicing = slicing;
        this.place = place;
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

    /**
     * What {@code make} makes of others row by row: some rows of it are made of the same rows of {@code rows}, of which no more is read.
     *
     * @param rows those that have a row for each of its rows; what it makes is made of them and then of {@code others}
     */
    public static StoredTensor byRows(
            List<StoredTensor> rows, List<StoredTensor> others, Function<Tensor[], Tensor> make) {
        StoredTensor whole = of(Stream.concat(rows.stream(), others.stream()).toList(), make);
        return whole.sliced((first, count) ->
                byRows(rows.stream().map(each -> each.rows(first, count)).toList(), others, make));
    }

    /** Tensors one below the other, in their common type. Of all rows of a tensor in their order it is that tensor. */
    public static StoredTensor stacked(List<StoredTensor> parts) {
        if (parts.size() == 1) return parts.get(0);
        StoredTensor apart = whole(parts);
        if (apart != null) return apart;
        StoredTensor whole = of(parts, read -> Tensors.cat(0, read));
        return whole.sliced((first, count) -> {
            List<StoredTensor> some = new ArrayList<>();
            long before = 0;
            for (StoredTensor part : parts) {
                long from = Math.max(first, before), to = Math.min(first + count, before + part.shape[0]);
                if (from < to) some.add(part.rows(from - before, to - from));
                before += part.shape[0];
            }
            StoredTensor found = some.isEmpty() ? parts.get(0).rows(0, 0) : stacked(some);
            return found.type == whole.type ? found : found.changed(x -> x.to(whole.type.scalar()));
        });
    }

    /** What these are all rows of, in their order; null where they are not. */
    private static StoredTensor whole(List<StoredTensor> parts) {
        Place place = parts.get(0).place;
        if (place == null) return null;
        long next = 0;
        for (StoredTensor part : parts) {
            if (!new Place(place.whole, next).equals(part.place)) return null;
            next += part.shape[0];
        }
        return next == place.whole.shape[0] ? place.whole : null;
    }

    private StoredTensor sliced(Slicing by) {
        return new StoredTensor(type, shape, filling, by, place);
    }

    /** What {@code change} makes of this: another shape, a part, another order. */
    public StoredTensor changed(Function<Tensor, Tensor> change) {
        return of(List.of(this), parts -> change.apply(parts[0]));
    }

    /**
     * Some of the first dimension; of a tensor in a file, and of what is made row by row, no more is read.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public StoredTensor rows(long first, long count) {
        if (shape.length == 0 || first < 0 || count < 0 || count > shape[0] - first)
            throw new IllegalArgumentException(
                    "rows " + first + " and " + count + " on are not within the shape " + Arrays.toString(shape));
        if (count == shape[0]) return this;
        StoredTensor some = slicing == null ? changed(x -> x.narrow(0, first, count)) : slicing.of(first, count);
        if (some.place != null) return some;
        return new StoredTensor(some.type, some.shape, some.filling, some.slicing, new Place(this, first));
    }

    /** The elements of a file from byte {@code position} on, row by row. */
    static StoredTensor of(ElementType type, long[] shape, Origin origin, long position) {
        Filling filling = (target, scratch) -> {
            try (FileChannel channel = origin.open()) {
                pieces(target, scratch.view(type.scalar()), channel, position);
            }
        };
        Slicing slicing = (first, count) -> {
            long[] some = shape.clone();
            long row = Tensors.count(shape) / Math.max(1, shape[0]) * type.bytes();
            some[0] = count;
            return of(type, some, origin, position + first * row);
        };
        return new StoredTensor(type, shape, filling, slicing, null);
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
