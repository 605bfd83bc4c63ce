/** Benchmarks of what the training loop keeps to itself. */
package dev.calotype.train;
