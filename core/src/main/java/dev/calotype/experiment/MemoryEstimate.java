package dev.calotype.experiment;

import dev.calotype.tensor.ProcessMemory;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * The memory that a piece of work is expected to need at its peak, in bytes: made before it starts, from the
 * architecture alone. {@code docs/performance.md} says how close it is.
 *
 * @param process what the process has already, and what the JVM and the engine's compiled kernels will add
 * @param weights buffers as long as the work: weights in all their forms, optimizer state, averages
 * @param results what one step or one batch makes and frees again
 * @param data batches decoded ahead
 */
public record MemoryEstimate(long process, long weights, long results, long data) {
    private static final long MB = 1 << 20;
    private static final long COMPILED_CODE = 40 * MB; // of the JVM and of the engine's convolutions
    private static final long ARENA = 32 * MB; // what the allocator holds ready
    private static final int BATCHES_AHEAD = 4;

    /** Of weights: master, gradient, two moments, those to work with. */
    public static final int COPIES = 5;

    /**
     * What the process will have beside its tensors. The collector lets half of the initial heap fill with garbage,
     * whatever the work, before it thinks of collecting.
     */
    public static long besideTensors() {
        return ofWarmProcess() + youngGeneration() + COMPILED_CODE;
    }

    /** {@link #besideTensors} of a process that has computed before, whose kernels and garbage are there. */
    public static long ofWarmProcess() {
        return ProcessMemory.resident() + ARENA;
    }

    /** The bytes of the heap that fill with garbage sooner or later. */
    public static long youngGeneration() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getInit() / 2;
    }

    /** The bytes of batches that are decoded ahead. */
    public static long ahead(Experiment experiment, int batch) {
        return BATCHES_AHEAD * (long) batch * pixels(experiment);
    }

    /** The values of one sample: of an image, or of all that a clip has. */
    public static long pixels(Experiment experiment) {
        DataSettings data = experiment.data();
        return (long) data.clip().frames() * data.channels() * data.size() * data.size();
    }

    /** The sum. */
    public long total() {
        return process + weights + results + data;
    }

    /** How many of {@code least} to {@code most} things are to be done at once: as many as fit, or a few less. */
    public static int atOnce(int least, int most, IntPredicate fits) {
        int count = most;
        while (count > least && !fits.test(count)) count = Math.max(least, (count + 1) / 2);
        return count;
    }

    /** Whether there is as much free memory as the work will add. */
    public boolean fits() {
        return total() - ProcessMemory.resident() <= ProcessMemory.available();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d MB (process %d, weights and optimizer %d, results %d, data %d)",
                total() / MB,
                process / MB,
                weights / MB,
                results / MB,
                data / MB);
    }
}
