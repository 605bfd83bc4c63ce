/**
 * What a fine-tuning has gained and what it has cost: {@link dev.calotype.tuning.Retention} measures the base and what came of it by the same
 * ruler, on the general task and on the new subject, {@link dev.calotype.tuning.TextRetention} those that are told texts, and {@link
 * dev.calotype.tuning.RetentionTable} puts them beside each other.
 */
package dev.calotype.tuning;
