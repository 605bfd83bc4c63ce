package dev.calotype.train;

import dev.calotype.bench.EngineBench;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What a training step does once the gradient is there, over 10 million weights. */
public class UpdateBench extends EngineBench {
    private static final long SIDE = 3162; // squared, 10 million
    private static final Kernels.AdamW OPTIONS = new Kernels.AdamW(1e-4, 0.9, 0.999, 0.01, 1e-8);

    /** Of the network: the master weights are fp32 either way. */
    @Param({"BF16", "FP32"})
    public Precision precision;

    private Scope.Owned<LinearImpl> network;
    private FlatParameters parameters;
    private Ema ema;
    private Tensor first;
    private Tensor second;
    private Tensor updates;

    /** Makes weights, gradient, moments and the average. */
    @Setup(Level.Trial)
    public void make() {
        network = Scope.own(() -> new LinearImpl(SIDE, SIDE));
        parameters = new FlatParameters(List.of(network.value()), precision);
        Scope.read(() -> parameters.gradient().fill_(new Scalar(1e-3)));
        ema = Ema.exponential(0.9999, parameters);
        first = parameters.zeros();
        second = parameters.zeros();
        updates = Scope.keep(() -> torch.ones());
    }

    /** AdamW, the working copy, one moving average. */
    @Benchmark
    public void optimizerAndEma() {
        optimizer();
        parameters.publish();
        ema.update(parameters.master(), parameters.stretches(1).get(0), 1000, 1000);
    }

    /** AdamW alone. */
    @Benchmark
    public void optimizer() {
        Scope.read(() -> {
            Kernels.adamW(OPTIONS, parameters.master(), parameters.gradient(), first, second, updates);
            return null;
        });
    }

    /** Frees everything. */
    @TearDown(Level.Trial)
    public void close() {
        List.of(first, second, updates).forEach(Tensor::close);
        ema.close();
        parameters.close();
        network.close();
    }
}
