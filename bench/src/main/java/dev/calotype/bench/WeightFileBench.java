package dev.calotype.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Ten million fp32 weights in a hundred tensors, as a safetensors file of 40 MB. */
public class WeightFileBench extends EngineBench {
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private Path file;

    /** Draws the weights and writes them once. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        for (int i = 0; i < 100; i++)
            weights.put("layer." + i, Scope.keep(() -> Rng.of(1).normal(250, 400)));
        file = Files.createTempFile("calotype-bench", ".safetensors");
        write();
    }

    /** Writes the file, flushes it to the disk and renames it. */
    @Benchmark
    public void write() throws IOException {
        SafeTensors.write(file, weights, Map.of());
    }

    /** Reads the file into tensors. */
    @Benchmark
    public void read() {
        Scope.run(() -> {
            try {
                SafeTensors.read(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Frees the weights and removes the file. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        weights.values().forEach(Tensor::close);
        Files.delete(file);
    }
}
