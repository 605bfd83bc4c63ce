/**
 * Tables in Apache Parquet's form. {@link dev.calotype.data.parquet.ParquetFile} reads the footer, {@link
 * dev.calotype.data.parquet.ColumnReader} the values of one column, a page at a time; {@link
 * dev.calotype.data.parquet.ParquetTable} writes small tables. What a table means is none of its business.
 */
package dev.calotype.data.parquet;
