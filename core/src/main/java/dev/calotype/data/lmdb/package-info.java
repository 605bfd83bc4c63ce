/**
 * Environments of LMDB, read and never written. {@link dev.calotype.data.lmdb.LmdbFile} finds the entries of the main database and
 * reads one by its number. What the values are is none of its business.
 */
package dev.calotype.data.lmdb;
