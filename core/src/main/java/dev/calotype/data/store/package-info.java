/**
 * Trees of files, in a folder or an archive, that are read in any order and by several threads: {@link
 * dev.calotype.data.store.FileStore}. What a data set makes of the files is none of their business.
 *
 * <p>A store lists the pictures, the captions and labels beside them and the lists of both ({@link
 * dev.calotype.data.store.Listing}); the rest is counted with its reason ({@link dev.calotype.data.store.LeftOut}, {@link
 * dev.calotype.data.store.PassedOver}). Compressed archives are unpacked once ({@link
 * dev.calotype.data.store.UnpackedFiles}). {@link dev.calotype.data.store.RandomFile} reads any stretch of a file.
 *
 * <p>Files are not trusted: what a header claims is held against the length of the file before anything is allocated,
 * names in archives are never turned into paths, links that lead out are not followed, and an archive that grows beyond
 * measure is not unpacked.
 *
 * <p><b>To extend.</b> Another archive is another {@link dev.calotype.data.store.FileStore} that lists its files and reads
 * one of them.
 */
package dev.calotype.data.store;
