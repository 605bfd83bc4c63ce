/**
 * From lists of addresses to shards of pictures with texts: {@link dev.calotype.collect.Collection} reads a list
 * ({@code PairList}), fetches every picture as a guest does (few requests to a host at a time, none that its robots.txt or its headers
 * forbid, none to private addresses), makes it small, and writes shards of WebDataset in the layout of img2dataset with a table of
 * what became of every row.
 *
 * <p>{@code Fetcher} makes one request within limits of time, bytes and addresses ({@code PublicAddresses}), {@code Hosts} says when a host may be asked
 * again, {@code Robots} whether it may be asked at all. {@code PictureMaker} decodes, sizes and encodes; {@code PerceptualHash} knows a picture again.
 * {@code Shard} gathers a shard and writes it as a whole, with the table beside it ({@link dev.calotype.data.parquet.ParquetTable}). To add a cause of failure, add it to
 * {@link dev.calotype.collect.Cause}.
 */
package dev.calotype.collect;
