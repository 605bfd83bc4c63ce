package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatentCodecTest {
    /** Eight of 2048 px through 512 channels would hold 256 GB. */
    @Test
    void asManyPicturesGoThroughAtOnceAsFitIntoMemory() {
        assertThat(LatentCodec.atOnce(32, 64, 64)).isEqualTo(8);
        assertThat(LatentCodec.atOnce(512, 1 << 15, 1 << 15)).isEqualTo(1);
    }
}
