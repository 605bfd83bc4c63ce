package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ContentHash;
import dev.calotype.embedding.Latents;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatentSettingsTest {
    private static final Latents MADE = new Latents(new long[] {0}, new float[1], List.of(1, 1, 1), 8, "a hash");

    private static LatentSettings begunWith(String hash) {
        return new LatentSettings("autoencoder", hash, 1, 8, 100);
    }

    @Test
    void latentsOfAnotherAutoencoderAreRefused() {
        assertThatThrownBy(() -> begunWith("another hash").requireSame(MADE, "a-run"))
                .hasMessage("autoencoder is not the autoencoder that a-run began to learn with:"
                        + " its latents do not compare");
    }

    /** Runs of before that named their autoencoder by a link recorded the hash of nothing. */
    @Test
    void aRunThatRecordedNothingOfItsAutoencoderGoesOn() throws IOException {
        begunWith(new ContentHash().hex()).requireSame(MADE, "a-run");
        begunWith("").requireSame(MADE, "a-run");
    }
}
