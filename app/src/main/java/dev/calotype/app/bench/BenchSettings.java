package dev.calotype.app.bench;

import dev.calotype.tensor.Precision;
import java.util.List;

/**
 * What works are measured on; 0, empty or {@code null} leaves a choice to the work.
 *
 * @param batches images per iteration, a case each; empty for those of the work
 * @param size pixels per side, a multiple of 8
 * @param channels width of the U-Net's first level, a multiple of 32
 * @param precision of ours
 * @param workers replicas that share a batch in training; 0 for one per core
 * @param steps of sampling, at least 2
 * @param images pictures of a folder; 0 for those of the work
 * @param data pictures, as a data set is named; empty for drawn rooms
 * @param weights of the feature network, a file; empty for random ones
 */
public record BenchSettings(
        List<Integer> batches,
        int size,
        int channels,
        Precision precision,
        int workers,
        int steps,
        int images,
        String data,
        String weights) {
    public BenchSettings {
        batches = List.copyOf(batches);
        for (int batch : batches) range("batch", batch, 1, 4096);
        if (size != 0) range("size", size, 8, 1024);
        if (size % 8 != 0) throw new IllegalArgumentException("size must be a multiple of 8: " + size);
        range("channels", channels, 32, 1024);
        range("workers", workers, 0, 256);
        range("steps", steps, 2, 1000);
        if (images != 0) range("images", images, 2, 1_000_000);
    }

    private static void range(String name, int value, int low, int high) {
        if (value < low || value > high)
            throw new IllegalArgumentException(name + " must be in " + low + ".." + high + ": " + value);
    }

    int size(int usual) {
        return size == 0 ? usual : size;
    }

    int images(int usual) {
        return images == 0 ? usual : images;
    }

    /** Replicas that share a batch of {@code batch} images. */
    int workers(int batch) {
        int cores = Runtime.getRuntime().availableProcessors();
        return workers > 0 ? workers : Math.max(1, Math.min(cores, batch / 4));
    }

    /** Threads that so many replicas keep busy: a single one has all cores to itself. */
    static int threads(int workers) {
        return workers == 1 ? Runtime.getRuntime().availableProcessors() : workers;
    }

    List<Integer> batches(int... usual) {
        return batches.isEmpty() ? java.util.Arrays.stream(usual).boxed().toList() : batches;
    }
}
