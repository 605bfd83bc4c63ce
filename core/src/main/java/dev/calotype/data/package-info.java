/**
 * Where training images come from: one interface ({@link dev.calotype.data.ImageDataset}), many sources, and the
 * threads that keep a trainer fed. Data sets hold Java arrays; only the training thread makes tensors.
 *
 * <p><b>Which to choose.</b> {@link dev.calotype.data.DataSource} looks at a path and picks the reader:
 * {@link dev.calotype.data.ImageFolder} for pictures in folders, zip, tar and WebDataset shards,
 * {@link dev.calotype.data.IdxImages} for MNIST and its kin, {@link dev.calotype.data.CifarBinary} for CIFAR-10; NumPy's
 * arrays, Parquet tables and LMDB it reads too. What a source holds and no sample is made of is {@link dev.calotype.data.store.PassedOver}.
 * {@link dev.calotype.data.DatasetStatistics} tells what is in a data set before a day is spent on training with it.
 *
 * <p><b>Labels and captions.</b> {@link dev.calotype.data.label.LabelRule} says where labels come from; captions lie beside
 * the pictures or in a list, which may name labels too, see {@link dev.calotype.data.ImageFolder}.
 *
 * <p><b>To extend.</b> Implement {@link dev.calotype.data.ImageDataset}: random access, decoding on demand, safe for
 * several threads, one bad sample an {@link java.io.IOException}. Readers trust no file: what a header claims is held
 * against the length of the file before anything is allocated, names in archives are never turned into paths, and an
 * archive that grows beyond measure is not unpacked.
 */
package dev.calotype.data;
