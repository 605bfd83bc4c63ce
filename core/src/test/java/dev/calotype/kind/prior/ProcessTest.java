package dev.calotype.kind.prior;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.InScope;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.junit.jupiter.api.Test;

class ProcessTest extends InScope {
    /** What draws the picture of a vector takes its noise of the streams 1 to 3 of the same image. */
    @Test
    void theNoiseOfAVectorIsNotThatOfItsPicture() {
        Rng images = Rng.images(7, 0, 2), vectors = Process.noise(images);
        for (long own = 0; own < 2; own++)
            for (long picture = 1; picture <= 3; picture++)
                assertThat(Tensors.floats(vectors.fork(own).normal(2, 64)))
                        .doesNotContain(Tensors.floats(images.fork(picture).normal(2, 64)));
    }
}
