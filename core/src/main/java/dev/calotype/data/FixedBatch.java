package dev.calotype.data;

/**
 * A batch that is always the same, such as that of a validation: read when it is first asked for, by threads that end with
 * that. Belongs to one thread.
 */
public final class FixedBatch {
    private final ImageDataset data;
    private final Preparation preparation;
    private final Batches.Plan plan;
    private Batch batch;

    /**
     * @param data borrowed until the batch was read
     * @param count samples, at least 1
     * @param seed of which samples
     */
    public FixedBatch(ImageDataset data, Preparation preparation, int count, long seed) {
        this.data = data;
        this.preparation = preparation;
        plan = Batches.Plan.of(count, seed);
    }

    /**
     * The batch.
     *
     * @throws CorruptDataException if too many samples cannot be read
     */
    public Batch get() {
        if (batch == null)
            try (Batches batches = new Batches(data, preparation, plan)) {
                batch = batches.next();
            }
        return batch;
    }
}
