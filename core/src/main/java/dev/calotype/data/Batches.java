package dev.calotype.data;

import dev.calotype.column.Columns;
import dev.calotype.data.video.ClipSettings.Sampling;
import dev.calotype.io.HeapFullException;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * An endless stream of batches, decoded ahead of the trainer by threads of its own.
 *
 * <p>The batch of step {@code s} is a function of the data set, the preparation, the seed and {@code s} alone: sample
 * {@code j} of it stands at position {@code p = s * batchSize + j} of an endless sequence of epochs, each of which
 * visits every sample once in a random order of its own; whether it is mirrored, and all else that is done to it at random, is drawn
 * from the stream of {@code p}. With repeated augmentation the samples stand at {@code p / repeats}.
 * So a run that resumes at {@code firstStep} sees what it would have seen, whatever the number of threads.
 *
 * <p>A sample that {@link ImageDataset#read} cannot read is logged once and replaced by the next good one in its
 * epoch's order (after the last comes the first), which is again a function of the seed and the position. There is a
 * limit, the share {@link Plan#tolerance} of the samples seen so far, but at least one sample, and judged as if at
 * least min(1000, all) samples had been seen, since few tell little. Over it, or when not one sample is good,
 * {@link #next} throws {@link CorruptDataException}.
 *
 * <p>{@link #next} and {@link #close} belong to one thread. The data set is borrowed: close it after this.
 */
public final class Batches implements AutoCloseable {
    private static final int DEPTH = 4;
    private static final long FLIPS = -1, MOMENTS = -2;

    private final ImageDataset dataset;
    private final Preparation preparation;
    private final Plan plan;
    private final long size;
    private final Rng root;
    private final Corruption corruption;
    private final Unreadable unreadable;
    private final List<Thread> workers = new ArrayList<>();

    // All below is guarded by this object's monitor.
    private final Deque<Draft> drafts = new ArrayDeque<>(); // of the steps from `step` on, DEPTH at most
    private long step;
    private long claimed;
    private Throwable failure;
    private boolean closed;
    private long waited;
    private long begun;
    private boolean hasBegun;

    /**
     * How a data set is cut into batches.
     *
     * @param batchSize samples per batch, at least 1
     * @param seed of the order and the flips
     * @param threads that decode, at least 1
     * @param firstStep the step of the first batch, at least 0
     * @param tolerance the share of corrupt samples that is put up with, in 0..1
     * @param part which part of every batch is made, 0..parts - 1
     * @param parts into how many a batch is divided, which divide {@code batchSize}
     */
    public record Plan(int batchSize, long seed, int threads, long firstStep, double tolerance, int part, int parts) {
        /** The share of corrupt samples that {@link #of} puts up with. */
        public static final double TOLERANCE = 0.01;

        public Plan {
            if (batchSize < 1) throw new IllegalArgumentException("batchSize must be at least 1: " + batchSize);
            if (threads < 1) throw new IllegalArgumentException("threads must be at least 1: " + threads);
            if (firstStep < 0) throw new IllegalArgumentException("firstStep must be at least 0: " + firstStep);
            if (!(tolerance >= 0 && tolerance <= 1))
                throw new IllegalArgumentException("tolerance must be in 0..1: " + tolerance);
            if (parts < 1 || batchSize % parts != 0)
                throw new IllegalArgumentException(
                        "a batch of " + batchSize + " samples must divide into equal parts: " + parts);
            if (part < 0 || part >= parts)
                throw new IllegalArgumentException("part must be in 0.." + (parts - 1) + ": " + part);
        }

        /** From step 0, with one thread per core and a tolerance of 1 %. */
        public static Plan of(int batchSize, long seed) {
            return new Plan(batchSize, seed, Runtime.getRuntime().availableProcessors(), 0, TOLERANCE, 0, 1);
        }

        /** The same batches from another step on. */
        public Plan from(long step) {
            return new Plan(batchSize, seed, threads, step, tolerance, part, parts);
        }

        /** The same batches made by another number of threads. */
        public Plan on(int threads) {
            return new Plan(batchSize, seed, threads, firstStep, tolerance, part, parts);
        }

        /** The same batches with another share of corrupt samples put up with. */
        public Plan tolerating(double share) {
            return new Plan(batchSize, seed, threads, firstStep, share, part, parts);
        }

        /** Of the same batches one of so many equal parts: all parts together are the batch. */
        public Plan part(int part, int parts) {
            return new Plan(batchSize, seed, threads, firstStep, tolerance, part, parts);
        }

        /** How many samples of a batch are made. */
        int rows() {
            return batchSize / parts;
        }

        /** The position of the {@code i}-th sample that is made. */
        long position(long i) {
            return i / rows() * batchSize + (long) part * rows() + i % rows();
        }
    }

    /** What becomes of the place of a sample that cannot be read. */
    enum Unreadable {
        /** The next good one stands there. */
        REPLACED,
        /** It is left out, and so is all after the first epoch: its batch has fewer samples. */
        LEFT_OUT
    }

    /** Starts decoding at once. */
    public Batches(ImageDataset dataset, Preparation preparation, Plan plan) {
        this(dataset, preparation, plan, Unreadable.REPLACED);
    }

    Batches(ImageDataset dataset, Preparation preparation, Plan plan, Unreadable unreadable) {
        this.unreadable = unreadable;
        this.dataset = dataset;
        this.preparation = preparation;
        this.plan = plan;
        size = dataset.size();
        if (size < 1) throw new IllegalArgumentException(dataset.name() + " has no samples");
        root = Rng.of(plan.seed());
        corruption = new Corruption(dataset, plan.tolerance());
        step = plan.firstStep();
        claimed = Math.multiplyExact(step, (long) plan.rows());
        for (int i = 1; i <= plan.threads(); i++) {
            Thread worker = new Thread(this::work, "calotype-batches-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /**
     * The next batch; waits until it is decoded.
     *
     * @throws CorruptDataException if too many samples are corrupt
     * @throws HeapFullException if the Java heap has no room for a sample or for the batch
     * @throws IllegalStateException if decoding failed for another reason, which is the cause, or after {@link #close}
     * @throws CancellationException if the thread is interrupted while it waits
     */
    public Batch next() {
        return nextPart().batch();
    }

    /** {@link #next} with what is left out. */
    synchronized Part nextPart() {
        long start = System.nanoTime();
        if (!hasBegun) begun = start;
        hasBegun = true;
        while (!closed && failure == null && (drafts.isEmpty() || drafts.peek().whole == null)) await();
        waited += System.nanoTime() - start;
        if (closed) throw new IllegalStateException("the batches of " + dataset.name() + " are closed");
        if (failure instanceof CorruptDataException corrupt) throw corrupt;
        if (failure instanceof HeapFullException full) throw full;
        if (failure instanceof OutOfMemoryError full && HeapFullException.isMeant(full))
            throw HeapFullException.of(full).naming("batches of " + plan.rows() + " samples of " + dataset.name());
        if (failure != null) throw new IllegalStateException("decoding " + dataset.name() + " failed", failure);
        step++;
        notifyAll();
        return drafts.remove().whole;
    }

    /** The indices of the first {@code count} samples, in order, in a data set of {@code size}; at most its size. */
    public static long[] firstIndices(long size, long seed, int count) {
        Permutation permutation = new Permutation(size, Rng.of(seed).fork(0));
        long[] indices = new long[(int) Math.min(size, count)];
        for (int i = 0; i < indices.length; i++) indices[i] = permutation.at(i);
        return indices;
    }

    /**
     * The sample at a position of the first pass through a data set, in the order of a seed.
     *
     * @throws IOException if it cannot be read
     */
    public static Sample sample(ImageDataset dataset, long seed, long position) throws IOException {
        return dataset.read(new Permutation(dataset.size(), Rng.of(seed).fork(0)).at(position));
    }

    /** What decides how the sample at a position is prepared, counted over all batches from the first on. */
    public static Rng chance(long seed, long position) {
        return Rng.of(seed).fork(FLIPS).fork(position);
    }

    /** The step of the batch that {@link #next} returns next: where to resume. */
    public synchronized long step() {
        return step;
    }

    /** The number of different samples found corrupt so far. */
    public int corrupt() {
        return corruption.count();
    }

    /** The share of the time since the first call of {@link #next} that the caller spent waiting in it, in 0..1. */
    public synchronized double waitShare() {
        return hasBegun ? Math.min(1, (double) waited / Math.max(1, System.nanoTime() - begun)) : 0;
    }

    /** Stops the threads and waits for the samples they are reading; {@link #next} then throws. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            drafts.clear();
            notifyAll();
        }
        try {
            // Not interrupted: that would close a file channel which other readers of the data set share.
            for (Thread worker : workers) worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A batch whose samples arrive in any order from several threads. */
    private static final class Draft {
        final Columns[] rows;
        int missing;
        Part whole;

        Draft(int count) {
            rows = new Columns[count];
            missing = count;
        }
    }

    /** One place of one batch. */
    private record Place(Draft draft, long position) {}

    private void work() {
        try {
            Order order = new Order();
            for (Place place = claim(); place != null; place = claim()) fill(place, order);
        } catch (Throwable e) { // an OutOfMemoryError too has to reach the trainer
            fail(e);
        }
    }

    private synchronized Place claim() {
        while (!closed && failure == null && claimed / plan.rows() >= step + DEPTH) await();
        if (closed || failure != null) return null;
        if (claimed % plan.rows() == 0) drafts.add(new Draft(plan.rows()));
        return new Place(drafts.getLast(), plan.position(claimed++));
    }

    private void fill(Place place, Order order) throws IOException {
        Rng chance = chance(plan.seed(), place.position);
        Sample sample = order.read(place.position / preparation.augment().repeats(), chance.fork(MOMENTS));
        Draft draft = place.draft;
        if (sample != null) draft.rows[(int) (place.position % plan.rows())] = preparation.row(sample, chance);
        if (lacks(draft)) return;
        Part whole = Part.of(draft.rows, place.position / plan.rows() * plan.rows(), size);
        synchronized (this) {
            draft.whole = whole;
            notifyAll();
        }
    }

    /** Whether there are still rows to come after the one that has just been filled. */
    private synchronized boolean lacks(Draft draft) {
        return --draft.missing > 0;
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) failure = cause;
        notifyAll();
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the data of " + dataset.name());
        }
    }

    /** The sequence of epochs; each thread has one, since it remembers the epoch it is in. */
    private final class Order {
        private long epoch = -1;
        private Permutation permutation;

        /** Null where it is left out. */
        Sample read(long position, Rng chance) {
            boolean leaves = unreadable == Unreadable.LEFT_OUT;
            if (leaves && position >= size) return null;
            if (position / size != epoch) {
                epoch = position / size;
                permutation = new Permutation(size, root.fork(epoch));
            }
            long first = position % size;
            for (long offset = 0; offset < (leaves ? 1 : size); offset++) {
                long index = permutation.at((first + offset) % size);
                if (corruption.isKnown(index)) continue;
                try {
                    Sample sample = preparation.moments() == Sampling.RANDOM
                            ? dataset.read(index, chance)
                            : dataset.read(index);
                    corruption.readWell();
                    return sample;
                } catch (HeapFullException e) { // says nothing of the sample
                    throw e.naming(dataset.name() + ", sample " + index);
                } catch (IOException e) {
                    corruption.found(index, e);
                }
            }
            if (leaves) return null;
            throw new CorruptDataException(dataset.name() + ": not one of " + size + " samples is good");
        }
    }
}
