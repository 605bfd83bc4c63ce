/**
 * Where training images come from: one interface ({@link dev.calotype.data.ImageDataset}), many sources, and the
 * threads that keep a trainer fed. Data sets hold Java arrays; only the training thread makes tensors.
 */
package dev.calotype.data;
