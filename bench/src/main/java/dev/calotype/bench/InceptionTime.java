package dev.calotype.bench;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.InceptionV3;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;

/** What Inception takes of the processor for a picture of 64 px, as {@code bench/peers/inception_time.py} tells of pytorch-fid's. */
public final class InceptionTime {
    private static final int BATCH = 32, TIMES = 4, SIDE = 64;

    private InceptionTime() {}

    /** Wants the file of weights. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        try (PointerScope scope = new PointerScope();
                InceptionV3 network = InceptionV3.of(WeightFile.read(Path.of(arguments[0])))) {
            byte[] pixels = new byte[BATCH * 3 * SIDE * SIDE];
            Rng rng = Rng.of(1);
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextInt(256);
            for (int i = 0; i < TIMES; i++) {
                double busy = processor();
                long begun = System.nanoTime();
                Scope.run(() -> network.features(Tensors.of(pixels, BATCH, 3, SIDE, SIDE)));
                System.out.printf(
                        Locale.ROOT,
                        "%.3f s of the processor, %.3f s%n",
                        (processor() - busy) / BATCH,
                        (System.nanoTime() - begun) * 1e-9 / BATCH);
            }
        }
    }

    private static double processor() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toMillis)
                        .orElseThrow()
                * 1e-3;
    }
}
