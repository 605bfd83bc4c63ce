package dev.calotype.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Samples that are judged, in batches: of the order of {@link Batches} the first ones that can be read, each once. What cannot be read is passed
 * over, so that there may be fewer than were asked for, and batches may be smaller; as there, too many such throw
 * {@link CorruptDataException}. Belongs to one thread.
 */
public final class OnePass implements Iterator<Batch>, AutoCloseable {
    private final Batches batches;
    private final int batch;
    private final long size;
    private final long count;
    private final List<Long> unread = new ArrayList<>();
    private Batch ahead;
    private long read;

    /**
     * Starts decoding at once.
     *
     * @param data borrowed until this is closed
     * @param preparation of which nothing is done at random
     * @param batch samples, at most
     * @param seed of the order
     * @param count samples at most
     */
    public OnePass(ImageDataset data, Preparation preparation, int batch, long seed, long count) {
        this.batch = batch;
        this.count = count;
        size = data.size();
        batches = new Batches(data, preparation.plain(), Batches.Plan.of(batch, seed), Batches.Unreadable.LEFT_OUT);
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && read < count && batches.step() * batch < size) {
            Part part = batches.nextPart();
            unread.addAll(part.unread());
            if (part.batch() != null)
                ahead = part.batch().first((int) Math.min(part.batch().count(), count - read));
        }
        return ahead != null;
    }

    @Override
    public Batch next() {
        if (!hasNext()) throw new NoSuchElementException("all samples were read");
        Batch next = ahead;
        ahead = null;
        read += next.count();
        return next;
    }

    /** How many samples {@link #next} has given. */
    public long read() {
        return read;
    }

    /** What was passed over so far. */
    public Gaps gaps() {
        return new Gaps(unread);
    }

    @Override
    public void close() {
        batches.close();
    }
}
