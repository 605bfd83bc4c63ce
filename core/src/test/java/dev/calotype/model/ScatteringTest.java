package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ScatteringTest {
    @Test
    void aFlatPictureHasItsColourAndNoEnergy() {
        double[] features = features(flat(32, 255, 128, 0), 3, 32);
        double light = 2 * (255 + 128) / 3.0 / 255 - 1;
        for (int i = 0; i < 16; i++) assertThat(features[i]).isCloseTo(2.5 * light, within(1e-4)); // 4 x 4 blocks
        for (int i = 16; i < 20; i++) assertThat(features[i]).isCloseTo(10, within(1e-4)); // red against blue
        double floor = 3 * (Math.log(0.004) + 9.5 / 3);
        for (int i = 24; i < 40; i++) assertThat(features[i]).isCloseTo(floor, within(1e-2));
    }

    @Test
    void stripesAreSeenInTheirDirectionAndOctave() {
        double[] fine = features(stripes(64, 1), 3, 64); // dark and light columns, a pixel each
        double[] coarse = features(stripes(64, 4), 3, 64);
        int across = 24, along = 26; // of the finest octave: directions 0 and 90 degrees
        assertThat(fine[across]).isGreaterThan(fine[along] + 3);
        assertThat(coarse[across + 8]).isGreaterThan(coarse[along + 8] + 3); // two octaves further
        assertThat(fine[across] - coarse[across]).isGreaterThan(1);
    }

    @Test
    void greyPicturesAreThoseWithoutColour() {
        byte[] grey = new byte[32 * 32], rgb = new byte[3 * 32 * 32];
        for (int i = 0; i < grey.length; i++)
            grey[i] = rgb[i] = rgb[i + 1024] = rgb[i + 2048] = (byte) (7 * i + i / 32 * 3);
        assertThat(features(grey, 1, 32)).containsExactly(features(rgb, 3, 32), within(1e-5));
    }

    @Test
    void smallPicturesAreEnlargedAndOthersKeepTheirSize() {
        assertThat(features(flat(8, 1, 2, 3), 3, 8)).containsExactly(features(flat(32, 1, 2, 3), 3, 32), within(1e-4));
        assertThat(features(stripes(128, 1), 3, 128)[24]).isGreaterThan(0); // seen only at the own size
    }

    @Test
    void itIsTheSameNetworkEverywhere() {
        try (Scattering network = new Scattering(Device.CPU)) {
            assertThat(network.hash()).isEqualTo("613810b6a58cae2d");
            assertThat(network.dimensions()).isEqualTo(64);
            assertThatThrownBy(() -> network.features(Tensors.fill(3, 1).reshape(1, 3, 1, 1)))
                    .hasMessageContaining("8-bit");
        }
    }

    private static double[] features(byte[] planes, int channels, int size) {
        return Scope.read(() -> {
            try (Scattering network = new Scattering(Device.CPU)) {
                Tensor pixels = Tensors.of(planes, 1, channels, size, size);
                return Tensors.doubles(network.features(pixels).reshape(-1));
            }
        });
    }

    private static byte[] flat(int size, int... colour) {
        byte[] planes = new byte[3 * size * size];
        for (int i = 0; i < planes.length; i++) planes[i] = (byte) colour[i / (size * size)];
        return planes;
    }

    private static byte[] stripes(int size, int width) {
        byte[] planes = new byte[3 * size * size];
        for (int i = 0; i < planes.length; i++) planes[i] = (byte) (i % size / width % 2 == 0 ? 40 : 200);
        return planes;
    }
}
