/**
 * Random changes of 8-bit pictures for those who learn from few: {@link dev.calotype.data.augment.Augmentations} are all of them, as a
 * recipe names them under {@code data.augment}, for every kind of model. What mixes pictures with each other works on batches:
 * {@code train.Mixing}.
 *
 * <p>Every change is torchvision's of the same name, on 8-bit values; where timm's differs, the class says so. All randomness comes from
 * the {@link dev.calotype.tensor.Rng} of a sample, so that a resumed training sees the same pictures.
 */
package dev.calotype.data.augment;
