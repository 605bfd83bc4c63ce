package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Preparation.Crop;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.model.FeatureNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the statistics of a reference depend on is in their key: a key that lacks it gives wrong scores silently. */
class ReferenceCacheTest {
    private static final Preparation PLAIN = new Preparation(16, 3, Flip.NONE, Crop.CENTRE);
    private static final EvaluationProtocol PROTOCOL = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);
    private static final FeatureNetwork NETWORK = new Named("n", "1", "as it is");

    @TempDir
    private Path folder;

    @Test
    void theSameIsFoundAgain() {
        assertThat(key(Rooms.train(32), PLAIN, 9, NETWORK, PROTOCOL)).isEqualTo(plain());
    }

    @Test
    void theSizeCounts() {
        assertThat(key(Rooms.train(32), new Preparation(24, 3, Flip.NONE, Crop.CENTRE), 9, NETWORK, PROTOCOL))
                .isNotEqualTo(plain());
    }

    @Test
    void theChannelsCount() {
        assertThat(key(Rooms.train(32), new Preparation(16, 1, Flip.NONE, Crop.CENTRE), 9, NETWORK, PROTOCOL))
                .isNotEqualTo(plain());
    }

    @Test
    void theCropCounts() {
        assertThat(key(Rooms.train(32), new Preparation(16, 3, Flip.NONE, Crop.RANDOM), 9, NETWORK, PROTOCOL))
                .isNotEqualTo(plain());
    }

    @Test
    void theNumberOfPicturesCountsUpToThoseThatThereAre() throws IOException {
        assertThat(key(Rooms.train(32), PLAIN, 8, NETWORK, PROTOCOL)).isNotEqualTo(plain());
        write("a", "1.png", 1);
        assertThat(key("a", 5)).isEqualTo(key("a", 1));
    }

    @Test
    void thePartOfTheDataSetCounts() {
        assertThat(key(Rooms.test(32), PLAIN, 9, NETWORK, PROTOCOL)).isNotEqualTo(plain());
    }

    @Test
    void theSizeThatADataSetIsDrawnInCounts() {
        assertThat(key(Rooms.train(48), PLAIN, 9, NETWORK, PROTOCOL)).isNotEqualTo(plain());
    }

    @Test
    void theBytesOfFilesCount() throws IOException {
        write("a", "1.png", 1);
        String before = key("a", 9);
        write("a", "1.png", 2);
        assertThat(key("a", 9)).isNotEqualTo(before);
    }

    @Test
    void theNamesOfFilesCountSinceTheirOrderDoes() throws IOException {
        write("a", "1.png", 1);
        String before = key("a", 9);
        Files.move(folder.resolve("a/1.png"), folder.resolve("a/2.png"));
        assertThat(key("a", 9)).isNotEqualTo(before);
    }

    @Test
    void theNetworkItsWeightsAndItsInputCount() {
        for (FeatureNetwork other : new FeatureNetwork[] {
            new Named("m", "1", "as it is"), new Named("n", "2", "as it is"), new Named("n", "1", "299")
        })
            assertThat(key(Rooms.train(32), PLAIN, 9, other, PROTOCOL))
                    .as(other.name() + other.hash() + other.input())
                    .isNotEqualTo(plain());
    }

    @Test
    void whichFeaturesAreHeldCounts() {
        assertThat(key(Rooms.train(32), PLAIN, 9, NETWORK, new EvaluationProtocol(3, 65, 0, SmallSets.ALLOW)))
                .isNotEqualTo(plain());
        assertThat(key(Rooms.train(32), PLAIN, 9, NETWORK, new EvaluationProtocol(3, 64, 1, SmallSets.ALLOW)))
                .isNotEqualTo(plain());
    }

    private String plain() {
        return key(Rooms.train(32), PLAIN, 9, NETWORK, PROTOCOL);
    }

    private String key(
            ImageDataset data,
            Preparation preparation,
            long count,
            FeatureNetwork network,
            EvaluationProtocol protocol) {
        try {
            return new ReferenceCache(folder)
                    .entry(data, Judge.Plan.of(preparation, count), count, network, protocol)
                    .key();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String key(String name, long count) throws IOException {
        try (ImageDataset data = DataSets.open(folder.resolve(name).toString(), 16, 3)) {
            return key(data, PLAIN, count, NETWORK, PROTOCOL);
        }
    }

    private void write(String set, String name, int level) throws IOException {
        Path file = folder.resolve(set).resolve(name);
        Files.createDirectories(file.getParent());
        byte[] pixels = new byte[48];
        pixels[0] = (byte) level;
        PngFile.write(file, new Picture(4, 4, 3, pixels));
    }

    /** A network of which only the names count. */
    private record Named(String name, String hash, String input) implements FeatureNetwork {
        @Override
        public int dimensions() {
            return new StubNetwork().dimensions();
        }

        @Override
        public Tensor features(Tensor pixels) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
