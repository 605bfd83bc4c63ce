/**
 * Benchmarks of whole works against the programs that people would use instead.
 *
 * <p>A {@link dev.calotype.app.bench.Work} is set up once and then measured in units of some iterations; {@link
 * dev.calotype.app.bench.WorkName} lists them. A peer is a process of its own that answers JSON lines: it loads the inputs
 * and weights that the work wrote, computes the same outputs, and then waits for units to run. {@link
 * dev.calotype.app.bench.Race} compares the outputs first, finds the peer's best number of threads, and then runs units of
 * both in turn, so that whatever slows the machine slows both. To add a work, implement {@code Work} and name it in
 * {@code WorkName}; to add a peer, name it there and write it in {@code bench/peers}.
 */
package dev.calotype.app.bench;
