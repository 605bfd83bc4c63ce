package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ImageFolder;
import dev.calotype.data.Preparation;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.rooms.Guests;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentCacheTest extends InScope {
    private static final Preparation PREPARATION = new Preparation(32, 3, Preparation.Flip.NONE);

    @TempDir
    Path folder;

    private int asked, atOnce;

    /** Means of squares of 8 x 8. */
    private final Autoencoder means = new Autoencoder() {
        @Override
        public Tensor encode(Tensor images) {
            asked += images.size(0);
            atOnce = Math.max(atOnce, (int) images.size(0));
            return torch.avg_pool2d(images, 8);
        }

        @Override
        public Tensor decode(Tensor latents) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Shape shape() {
            return new Shape(3, 3, 1, 8);
        }
    };

    private Latents latents(String hash, long most) throws IOException {
        return new LatentCache(folder)
                .of(
                        new LatentCache.Source(means, hash, Device.CPU),
                        Rooms.test(32),
                        PREPARATION,
                        most,
                        Progress.SILENT);
    }

    @Test
    void latentsAreThoseOfThePicturesInTheirPlaces() throws IOException {
        try (LatentDataset data = new LatentDataset(Rooms.test(32), latents("a", 6));
                Batches latent = new Batches(data, PREPARATION, Batches.Plan.of(6, 1))) {
            Batch batch = latent.next();
            assertThat(batch.columns().has(Columns.IMAGE)).isFalse();
            assertThat(batch.columns().get(Columns.LATENT, Column.Floats.class).shape())
                    .isEqualTo(List.of(3, 4, 4));
            for (int row = 0; row < 6; row++) {
                long place = Batches.firstIndices(6, 1, 6)[row];
                Batch one = Batch.ofPixels(
                        dev.calotype.image.Images.planar(
                                Rooms.test(32).read(place).image()),
                        new int[1],
                        3,
                        32);
                float[] wanted = Tensors.floats(torch.avg_pool2d(one.images(), 8));
                assertThat(Tensors.floats(
                                batch.floats(Columns.LATENT, Device.CPU).narrow(0, row, 1)))
                        .containsExactly(wanted);
                assertThat(batch.labels()[row])
                        .isEqualTo(Rooms.test(32).read(place).label());
            }
        }
    }

    @Test
    void theyAreComputedOnceForAnAutoencoderAndADataSet() throws IOException {
        latents("a", 5);
        assertThat(asked).isEqualTo(5);
        assertThat(latents("a", 5).values()).hasSize(5 * 48);
        assertThat(latents("a", 3).values()).hasSize(3 * 48);
        assertThat(asked).as("kept").isEqualTo(5);
        latents("b", 5);
        assertThat(asked).as("of another autoencoder").isEqualTo(10);
        latents("a", 7);
        assertThat(asked).as("of more pictures").isEqualTo(17);
    }

    /** What an autoencoder holds of a picture grows with its pixels. */
    @Test
    void largePicturesAreEncodedAFewAtATime() throws IOException {
        var source = new LatentCache.Source(means, "a", Device.CPU);
        Preparation large = new Preparation(512, 3, Preparation.Flip.NONE);
        float[] together = new LatentCache(folder.resolve("all"))
                .of(source, Rooms.test(32), large, 9, Progress.SILENT)
                .values();
        assertThat(atOnce).isEqualTo(8);
        float[] last = new LatentCache(folder.resolve("last"))
                .of(source, new Selected(Rooms.test(32), new long[] {8}), large, 1, Progress.SILENT)
                .values();
        assertThat(Arrays.copyOfRange(together, together.length - last.length, together.length))
                .containsExactly(last);
    }

    /** A model without classes and one that knows some may learn from the same latents. */
    @Test
    void labelsAreThoseThatTheDataSetHasNow() throws IOException {
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        for (String name : List.of("cat_1.png", "cat_2.png", "dog_1.png"))
            PngFile.write(
                    pictures.resolve(name), Rooms.test(32).read(name.charAt(4)).image());
        for (LabelRule rule : List.of(LabelRule.NONE, LabelRule.PREFIX, LabelRule.AUTO))
            assertThat(labels(ImageFolder.of(pictures, ReadOptions.channels(3).withLabels(rule))))
                    .isEqualTo(rule == LabelRule.PREFIX ? List.of(0, 0, 1) : List.of(-1, -1, -1));
        assertThat(labels(new BlendedDataset(
                        ImageFolder.of(pictures, ReadOptions.channels(3).withLabels(LabelRule.PREFIX)),
                        List.of("bird", "dog"))))
                .as("of a model that knew other classes before")
                .containsExactly(2, 2, 1);
        assertThat(asked).as("encoded once").isEqualTo(3);
    }

    @Test
    void whatIsRehearsedKeepsItsShareAndNothingIsEncodedTwice() throws IOException {
        var source = new LatentCache.Source(means, "a", Device.CPU);
        ImageDataset blend = new BlendedDataset(
                Guests.train(32, 3), Rooms.test(32), 0.25, Rooms.test(32).classes());
        try (ImageDataset learned = new LatentCache(folder).dataset(source, blend, PREPARATION, 40, Progress.SILENT)) {
            int rehearsed = 0, guests = 0;
            for (long row = 0; row < learned.size(); row++) {
                Sample sample = learned.read(row);
                rehearsed += sample.columns().numbers(Columns.REHEARSED)[0];
                if (learned.classes().get(sample.label()).equals("guest")) guests++;
                assertThat(sample.columns().has(Columns.LATENT)).isTrue();
            }
            assertThat((double) rehearsed).isCloseTo(0.25 * learned.size(), within(1.0));
            assertThat(guests).isEqualTo((int) learned.size() - rehearsed);
        }
        assertThat(asked).isEqualTo(3 + 10);
    }

    /** A folder is sorted by its classes. */
    @Test
    void ofFewerPicturesThanThereAreEachClassIsLearned() throws IOException {
        Path pictures = folder.resolve("sorted");
        for (int i = 0; i < 20; i++) {
            Path inner = Files.createDirectories(pictures.resolve("class" + i / 4));
            PngFile.write(inner.resolve(i + ".png"), Rooms.test(32).read(i).image());
        }
        var source = new LatentCache.Source(means, "a", Device.CPU);
        try (ImageDataset data = ImageFolder.of(pictures, ReadOptions.channels(3))) {
            Latents latents = new LatentCache(folder.resolve("few")).of(source, data, PREPARATION, 8, Progress.SILENT);
            LatentDataset known = new LatentDataset(data, latents);
            Set<Integer> labels = new HashSet<>();
            for (int row = 0; row < 8; row++) {
                labels.add(known.read(row).label());
                Batch one =
                        Batch.ofPixels(Images.planar(data.read(known.place(row)).image()), new int[1], 3, 32);
                assertThat(latents.row(row)).containsExactly(Tensors.floats(torch.avg_pool2d(one.images(), 8)));
            }
            assertThat(labels).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            int before = asked;
            assertThat(new LatentCache(folder.resolve("few"))
                            .of(source, data, PREPARATION, 8, Progress.SILENT)
                            .indices())
                    .containsExactly(latents.indices());
            assertThat(asked).as("kept").isEqualTo(before);
        }
    }

    private List<Integer> labels(ImageDataset data) throws IOException {
        LatentCache.Source source = new LatentCache.Source(means, "a", Device.CPU);
        Latents latents = new LatentCache(folder.resolve("latents")).of(source, data, PREPARATION, 10, Progress.SILENT);
        List<Integer> labels = new ArrayList<>();
        try (LatentDataset known = new LatentDataset(data, latents)) {
            for (long row = 0; row < known.size(); row++)
                labels.add(known.read(row).label());
        }
        return labels;
    }

    @Test
    void aFileThatIsDamagedIsMadeAnew() throws IOException {
        float[] right = latents("a", 4).values();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 5] ^= 64;
                Files.write(file, bytes);
            }
        }
        assertThat(latents("a", 4).values()).containsExactly(right);
        assertThat(asked).isEqualTo(8);
    }

    @Test
    void picturesThatDoNotSuitAreNamed() {
        var source = new LatentCache.Source(means, "a", Device.CPU);
        LatentCache cache = new LatentCache(folder);
        assertThatThrownBy(() -> cache.of(
                        source, Rooms.test(32), new Preparation(32, 1, Preparation.Flip.NONE), 1, Progress.SILENT))
                .hasMessage("data.channels must be 3, the channels of the autoencoder's pictures: 1");
        assertThatThrownBy(() -> cache.of(
                        source, Rooms.test(36), new Preparation(36, 3, Preparation.Flip.NONE), 1, Progress.SILENT))
                .hasMessage("data.size must be a multiple of 8, by which the autoencoder's latents are smaller: 36");
    }
}
