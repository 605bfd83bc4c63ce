/**
 * Where training images come from: one interface ({@link dev.calotype.data.ImageDataset}), many sources, and the
 * threads that keep a trainer fed. Data sets hold Java arrays; only the training thread makes tensors.
 *
 * <p>{@link dev.calotype.data.Preparation} says what a network sees of a picture, and {@link dev.calotype.data.Batches}
 * decodes ahead: its order depends on the seed and the step only, so that a run can be resumed exactly. Where
 * {@link dev.calotype.data.Batches#waitShare} is more than a few percent, the trainer waits for data: store the
 * pictures at the size of training, or give it more threads.
 *
 * <p>To add a source, implement {@link dev.calotype.data.ImageDataset}: {@code read} is called by several threads and
 * answers one damaged sample with an {@link java.io.IOException}, which is tolerated in moderation.
 */
package dev.calotype.data;
