package dev.calotype.data;

import dev.calotype.image.Images;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Prepared samples in Java memory, ready to become a tensor.
 *
 * @param pixels uint8 values (N, C, H, W) in row-major order; not copied, do not change them
 * @param labels N indices into {@link ImageDataset#classes()} or {@link Sample#UNLABELLED}
 * @param captions N captions, empty where there is none
 * @param attributes N maps of what is known of each picture, empty where nothing is
 * @param channels C: 1 or 3
 * @param size H and W in pixels
 */
public record Batch(
        byte[] pixels,
        int[] labels,
        List<String> captions,
        List<Map<String, String>> attributes,
        int channels,
        int size) {
    public Batch {
        if (labels.length < 1) throw new IllegalArgumentException("a batch has at least one sample: 0");
        if (pixels.length != (long) labels.length * channels * size * size)
            throw new IllegalArgumentException(pixels.length + " bytes do not fill " + labels.length + " x " + channels
                    + " x " + size + " x " + size);
        captions = List.copyOf(captions);
        if (captions.size() != labels.length)
            throw new IllegalArgumentException(captions.size() + " captions for " + labels.length + " samples");
        attributes = List.copyOf(attributes);
        if (attributes.size() != labels.length)
            throw new IllegalArgumentException(attributes.size() + " attribute maps for " + labels.length + " samples");
    }

    /** Pictures of which nothing is known beside their labels. */
    public static Batch ofPixels(byte[] pixels, int[] labels, int channels, int size) {
        return new Batch(
                pixels,
                labels,
                Collections.nCopies(labels.length, ""),
                Collections.nCopies(labels.length, Map.of()),
                channels,
                size);
    }

    /** N, the number of samples. */
    public int count() {
        return labels.length;
    }

    /** The pictures as an fp32 tensor (N, C, H, W) in [-1, 1] on the processor, in the caller's scope. */
    public Tensor images() {
        return images(Device.CPU);
    }

    /** {@link #images()} on {@code device}; it is 8-bit pixels that travel there. */
    public Tensor images(Device device) {
        return Scope.inference(() -> Images.ofPixels(device.move(Tensors.of(pixels, count(), channels, size, size))));
    }

    /** The samples in order, in at most {@code parts} batches whose sizes differ by at most one. */
    public List<Batch> split(int parts) {
        if (parts < 1) throw new IllegalArgumentException("parts must be at least 1: " + parts);
        if (parts == 1) return List.of(this);
        int used = Math.min(parts, count());
        List<Batch> split = new ArrayList<>();
        for (int i = 0; i < used; i++) split.add(slice(count() * i / used, count() * (i + 1) / used));
        return split;
    }

    /** The first {@code count} samples, 1..N. */
    public Batch first(int count) {
        return count == count() ? this : slice(0, count);
    }

    private Batch slice(int from, int to) {
        int length = channels * size * size;
        return new Batch(
                Arrays.copyOfRange(pixels, from * length, to * length),
                Arrays.copyOfRange(labels, from, to),
                captions.subList(from, to),
                attributes.subList(from, to),
                channels,
                size);
    }
}
