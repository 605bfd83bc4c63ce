package dev.calotype.bench;

import dev.calotype.metric.FeatureStatistics;
import dev.calotype.metric.Fid;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The arithmetic of FID beside its network. */
public class FidBench extends EngineBench {
    /** Of the features: LeNet's are few, Inception's 2048. */
    @Param({"512", "2048"})
    public int dimensions;

    private Tensor features;
    private FeatureStatistics accumulated;
    private FeatureStatistics first;
    private FeatureStatistics second;

    /** Draws features and their statistics. */
    @Setup(Level.Trial)
    public void make() {
        features = Scope.keep(() -> Rng.of(1).normal(256, dimensions));
        accumulated = new FeatureStatistics(dimensions);
        first = statistics(2);
        second = statistics(3);
    }

    private FeatureStatistics statistics(long seed) {
        FeatureStatistics statistics = new FeatureStatistics(dimensions);
        Scope.run(() -> statistics.add(Rng.of(seed).normal(2L * dimensions, dimensions)));
        return statistics;
    }

    /** Adds 256 vectors. */
    @Benchmark
    public void accumulate() {
        accumulated.add(features);
    }

    /** The Frechet distance of two sets. */
    @Benchmark
    public Fid distance() {
        return Fid.between(first, second);
    }

    /** Frees the features. */
    @TearDown(Level.Trial)
    public void close() {
        features.close();
    }
}
