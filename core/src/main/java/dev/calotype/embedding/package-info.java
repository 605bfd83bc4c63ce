/**
 * Pictures and texts as vectors of one space, without a word of how they were trained: an {@link
 * dev.calotype.embedding.Encoder} makes them, {@link dev.calotype.embedding.Embeddings} are those of many things with their
 * names, in memory and in files. On them work {@link dev.calotype.embedding.Retrieval}, which tells how well pictures and
 * captions find each other, and {@link dev.calotype.embedding.ZeroShot}, which classifies by sentences.
 *
 * <p>What learns from the vectors of a whole data set gets them from {@link dev.calotype.embedding.EmbeddingCache}, which computes
 * them once, as {@link dev.calotype.embedding.EmbeddedPairs}; {@link dev.calotype.embedding.EmbeddedDataset} is that data set with
 * them as columns.
 *
 * <p>{@link dev.calotype.embedding.ClipEncoder} is the one encoder there is, of a model of the kind {@code clip} or of files of
 * others. Vectors of different encoders do not compare: embeddings keep the hash of theirs, and refuse others.
 */
package dev.calotype.embedding;
