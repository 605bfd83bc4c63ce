/**
 * JMH benchmarks of the layers and the hot loops, see {@code bench/README.md}.
 *
 * <p>To add one, extend {@link dev.calotype.bench.EngineBench}, which loads the engine and sets the defaults of all;
 * {@link dev.calotype.bench.LayerBench} has what a layer needs. A benchmark opens a scope as the library does in the
 * place where the code runs, or its native memory grows with every call.
 */
package dev.calotype.bench;
