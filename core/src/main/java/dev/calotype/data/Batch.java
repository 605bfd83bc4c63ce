package dev.calotype.data;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.image.Images;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Prepared samples in Java memory, ready to become tensors.
 *
 * @param columns what there is of them, one row for each sample; at least one column and one row
 */
public record Batch(Columns columns) {
    public Batch {
        if (columns.count() < 1) throw new IllegalArgumentException("a batch has at least one sample: 0");
    }

    /** Pictures, uint8 values (N, C, H, W) with H = W = {@code size}, of which nothing is known beside their labels. */
    public static Batch ofPixels(byte[] pixels, int[] labels, int channels, int size) {
        return new Batch(new Columns(Map.of(
                Columns.IMAGE,
                new Column.Bytes(pixels, List.of(channels, size, size)),
                Columns.LABEL,
                new Column.Numbers(labels))));
    }

    /** N, the number of samples. */
    public int count() {
        return columns.count();
    }

    /** The pixels of the pictures: uint8 values (N, C, H, W) in row-major order; not copied, do not change them. */
    public byte[] pixels() {
        return image().values();
    }

    /** Indices into {@link ImageDataset#classes()} or {@link Sample#UNLABELLED}; none where there are no labels. */
    public int[] labels() {
        return columns.numbers(Columns.LABEL);
    }

    /** What the pictures show, empty where that is not known; none where there are no captions. */
    public List<String> captions() {
        return columns.texts(Columns.CAPTION);
    }

    /** What is known of each picture, empty where nothing is. */
    public List<Map<String, String>> attributes() {
        return columns.get(Columns.ATTRIBUTES, Column.Facts.class).values();
    }

    /** C of the pictures: 1 or 3. */
    public int channels() {
        return image().shape().get(0);
    }

    /** H and W of the pictures. */
    public int size() {
        return image().shape().get(1);
    }

    /** The pictures as an fp32 tensor (N, C, H, W) in [-1, 1] on the processor, in the caller's scope. */
    public Tensor images() {
        return images(Device.CPU);
    }

    /** {@link #images()} on {@code device}; it is 8-bit pixels that travel there. */
    public Tensor images(Device device) {
        return Scope.inference(() -> Images.ofPixels(image().tensor(device)));
    }

    /** The videos as an fp32 tensor (N, T, C, H, W) in [-1, 1] on {@code device}, in the caller's scope. */
    public Tensor videos(Device device) {
        Column.Bytes videos = columns.get(Columns.VIDEO, Column.Bytes.class);
        return Scope.inference(() -> Images.ofPixels(videos.tensor(device)));
    }

    /** The pictures, or the videos where the samples are such: fp32 (N, C, H, W) or (N, T, C, H, W) as {@link #images(Device)}. */
    public Tensor samples(Device device) {
        return columns.has(Columns.VIDEO) ? videos(device) : images(device);
    }

    /** The pixels of {@link #samples} as they are: uint8 on the processor, in the caller's scope. */
    public Tensor bytes() {
        return (columns.has(Columns.VIDEO) ? columns.get(Columns.VIDEO, Column.Bytes.class) : image())
                .tensor(Device.CPU);
    }

    /** The numbers of a column, such as {@link Columns#LATENT}: fp32 (N, ...) on {@code device}, in the caller's scope. */
    public Tensor floats(String column, Device device) {
        return columns.get(column, Column.Floats.class).tensor(device);
    }

    /** The same samples with another column, or with another one of this name. */
    public Batch with(String name, Column column) {
        return new Batch(columns.with(name, column));
    }

    /** The samples in order, in at most {@code parts} batches whose sizes differ by at most one. */
    public List<Batch> split(int parts) {
        if (parts < 1) throw new IllegalArgumentException("parts must be at least 1: " + parts);
        if (parts == 1) return List.of(this);
        int used = Math.min(parts, count());
        List<Batch> split = new ArrayList<>();
        for (int i = 0; i < used; i++) split.add(rows(count() * i / used, count() * (i + 1) / used));
        return split;
    }

    /** {@link #split} in batches of at most {@code most} samples. */
    public List<Batch> atMost(int most) {
        return split((count() + most - 1) / most);
    }

    /** The mean over all samples of a mean over some, computed of at most {@code most} at a time. */
    public double mean(int most, ToDoubleFunction<Batch> of) {
        double sum = 0;
        for (Batch part : atMost(most)) sum += part.count() * of.applyAsDouble(part);
        return sum / count();
    }

    /** The first {@code count} samples, 1..N. */
    public Batch first(int count) {
        return count == count() ? this : rows(0, count);
    }

    private Batch rows(int from, int to) {
        return new Batch(columns.rows(from, to));
    }

    private Column.Bytes image() {
        return columns.get(Columns.IMAGE, Column.Bytes.class);
    }
}
