package dev.calotype.data;

import static dev.calotype.data.Fixtures.idxImages;
import static dev.calotype.data.Fixtures.idxLabels;
import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Offset.offset;

import dev.calotype.Shared;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {
    @TempDir
    Path temp;

    private ImageDataset open(Object spec) throws IOException {
        return open(spec, LabelRule.AUTO);
    }

    private ImageDataset open(Object spec, LabelRule labels) throws IOException {
        return DataSource.open(
                spec.toString(), new ReadOptions(3, labels, temp.resolve("cache"), ClipSettings.PICTURES));
    }

    private String refusal(Object spec) {
        var thrown = catchThrowableOfType(IOException.class, () -> open(spec));
        assertThat(thrown).as("the refusal of " + spec).isNotNull();
        return thrown.getMessage();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(temp.resolve(name), content);
    }

    private static byte[] cifar(int... labels) {
        byte[] bytes = new byte[3073 * labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[3073 * i] = (byte) labels[i];
            bytes[3073 * i + 1 + 33] = (byte) 200;
            bytes[3073 * i + 1 + 1024 + 33] = 100;
            bytes[3073 * i + 1 + 2048 + 33] = 50;
        }
        return bytes;
    }

    @Test
    void theContentDecidesNotTheName() throws IOException {
        Path zip = Fixtures.zip(temp.resolve("zip.tar"), Map.of("a.png", png(1)));
        Path tar = Fixtures.tar(temp.resolve("tar.zip"), Map.of("a.png", png(1)));
        Path gz = Fixtures.gzip(tar, temp.resolve("tgz.bin"));
        Path idx = file("idx.png", idxImages(1, 1, 2, new byte[] {3, 4}));
        Path bz2 = temp.resolve("tbz.bin");
        try (var out = new BZip2CompressorOutputStream(Files.newOutputStream(bz2))) {
            Files.copy(tar, out);
        }
        for (Path path : new Path[] {zip, tar, gz, bz2, idx})
            try (ImageDataset data = open(path)) {
                assertThat(data.size()).isEqualTo(1);
                assertThat(data.name()).isEqualTo(path.toString());
            }
    }

    @Test
    void whatCannotBeReadIsRefusedWithAdvice() throws IOException {
        assertThat(refusal(temp.resolve("nowhere")))
                .contains("no file or folder")
                .contains("nowhere");
        assertThat(refusal(" ")).contains("needs a path");
        assertThat(refusal(temp)).contains("no pictures").contains("it is empty");
        assertThat(refusal(file("one.png", png(1)))).contains("single picture");
        assertThat(refusal(file("x.rar", "Rar!....".getBytes(StandardCharsets.US_ASCII))))
                .contains("RAR")
                .contains("unpack it first");
        assertThat(refusal(file("x.7z", new byte[] {'7', 'z', (byte) 0xBC, (byte) 0xAF})))
                .contains("7z");
        assertThat(refusal(file("x.xz", new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z'})))
                .contains("xz -d");
        assertThat(refusal(file("x.zst", new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD})))
                .contains("zstd -d");
        assertThat(refusal(file("x.parquet", "PAR1....".getBytes(StandardCharsets.US_ASCII))))
                .contains("Parquet");
        assertThat(refusal(file("x.bz2", "BZh9....".getBytes(StandardCharsets.US_ASCII))))
                .contains("bzip2");
        assertThat(refusal(file("x.txt", "hello".getBytes(StandardCharsets.US_ASCII))))
                .contains("unknown format");
        assertThat(refusal(file("x.zip", new byte[0]))).contains("empty file");
        assertThat(refusal(file("l", idxLabels((byte) 1)))).contains("labels");
        assertThat(refusal(file("x.gz", new byte[] {0x1F, (byte) 0x8B, 9, 9}))).contains("damaged gzip");
        assertThat(refusal(temp.resolve("x.txt") + ":test")).contains("no part test");
    }

    @Test
    void subFoldersForTrainingAndTestingAreParts() throws IOException {
        Map<String, byte[]> files = Map.of("train/a/1.png", png(1), "train/b/2.png", png(2), "val/a/3.png", png(3));
        Path root = Fixtures.folder(temp.resolve("s"), files);
        try (ImageDataset all = open(root);
                ImageDataset train = open(root + ":train");
                ImageDataset test = open(root + ":test")) {
            assertThat(all.size()).isEqualTo(2);
            assertThat(train.classes()).containsExactly("a", "b");
            assertThat(test.read(0).image().at(0, 0, 0)).isEqualTo(3);
        }
        assertThat(refusal(temp.resolve("s/train") + ":test")).contains("no part test: it holds a, b");
    }

    @Test
    void wordsInsideOtherWordsAreNoParts() throws IOException {
        Map<String, byte[]> files = Map.of("trains/1.png", png(1), "testament/2.png", png(2));
        try (ImageDataset data = open(Fixtures.folder(temp.resolve("w"), files))) {
            assertThat(data.classes()).containsExactly("testament", "trains");
        }
    }

    @Test
    void aFolderOfArchivesIsOneDataSetWithParts() throws IOException {
        Path root = Files.createDirectories(temp.resolve("shards"));
        Fixtures.tar(root.resolve("x-train-0.tar"), Map.of("0.png", png(1)));
        Fixtures.tar(root.resolve("x-train-1.tar"), Map.of("0.png", png(2)));
        Fixtures.zip(root.resolve("x-test.zip"), Map.of("0.png", png(3)));
        Files.write(root.resolve("SOURCE.md"), new byte[] {'x'});
        try (ImageDataset train = open(root);
                ImageDataset test = open(root + ":test")) {
            assertThat(train.size()).isEqualTo(2);
            assertThat(train.read(1).image().at(0, 0, 0)).isEqualTo(2);
            assertThat(test.read(0).image().at(0, 0, 0)).isEqualTo(3);
        }
    }

    @Test
    void idxPicturesHaveTheLabelsBesideThem() throws IOException {
        byte[] pixels = {1, 2, 3, 4, 5, 6, 7, (byte) 200, 9, 10, 11, 12};
        Path root = Files.createDirectories(temp.resolve("idx"));
        Path images = Files.write(root.resolve("train-images-idx3-ubyte"), idxImages(2, 2, 3, pixels));
        Path labels = Files.write(temp.resolve("labels"), idxLabels((byte) 7, (byte) 0));
        Fixtures.gzip(labels, root.resolve("train-labels-idx1-ubyte.gz"));
        Path gz = Files.createDirectories(temp.resolve("gz"));
        Fixtures.gzip(images, gz.resolve("t10k-images-idx3-ubyte.gz"));
        try (ImageDataset data = open(root);
                ImageDataset unlabelled = open(gz)) {
            assertThat(data.classes()).hasSize(10).startsWith("0").endsWith("9");
            Sample second = data.read(1);
            assertThat(second.label()).isZero();
            assertThat(second.image().width()).isEqualTo(3);
            assertThat(second.image().at(1, 0, 2)).isEqualTo(200);
            assertThat(unlabelled.read(1).image()).isEqualTo(second.image());
            assertThat(unlabelled.read(0).label()).isEqualTo(Sample.UNLABELLED);
            assertThat(unlabelled.classes()).isEmpty();
        }
    }

    @Test
    void writtenLabelsAreLeftAloneWhereNoneAreAskedFor() throws IOException {
        Path idx = file("x-images-idx3-ubyte", idxImages(2, 1, 1, new byte[2]));
        file("x-labels-idx1-ubyte", idxLabels((byte) 1, (byte) 0));
        Path cifar = file("data_batch_1.bin", cifar(3, 9));
        for (Path path : new Path[] {idx, cifar}) {
            try (ImageDataset data = open(path, LabelRule.NONE)) {
                assertThat(data.classes()).as("%s", path).isEmpty();
                assertThat(data.read(0).label()).isEqualTo(Sample.UNLABELLED);
            }
            try (ImageDataset data = open(path, LabelRule.AUTO)) {
                assertThat(data.read(0).label()).isEqualTo(path == idx ? 1 : 3);
            }
            assertThatThrownBy(() -> open(path, LabelRule.PREFIX))
                    .hasMessageEndingWith("could be labels: data.labels must be auto or none, not prefix");
        }
    }

    @Test
    void anIdxHeaderThatLiesIsRefused() throws IOException {
        Map<String, byte[]> lies = new HashMap<>();
        lies.put("which take 8 bytes, but has 4", idxImages(2, 2, 2, new byte[4]));
        lies.put("which take 4 bytes, but has", idxImages(1, 2, 2, new byte[9]));
        lies.put("claims -1 images", idxImages(-1, 2, 2, new byte[4]));
        lies.put("claims 1 images of 2 x 2000000000", idxImages(1, 2_000_000_000, 2, new byte[4]));
        for (Map.Entry<String, byte[]> lie : lies.entrySet()) {
            Path plain = file("images", lie.getValue());
            assertThat(refusal(plain)).contains(lie.getKey());
            assertThat(refusal(Fixtures.gzip(plain, temp.resolve("images.gz")))).contains(lie.getKey());
        }
        Path huge = file("huge", idxImages(Integer.MAX_VALUE, 100, 100, new byte[0]));
        assertThat(refusal(Fixtures.gzip(huge, temp.resolve("huge.gz")))).contains("bytes, but has 16");
    }

    @Test
    void idxLabelsMustMatchTheImages() throws IOException {
        Path images = file("x-images-idx3-ubyte", idxImages(2, 1, 1, new byte[2]));
        file("x-labels-idx1-ubyte", idxLabels((byte) 1, (byte) 2, (byte) 3));
        assertThat(refusal(images)).contains("claims 3 labels").contains("2 images");
    }

    @Test
    void cifarRecordsArePlanar() throws IOException {
        Path root = Files.createDirectories(temp.resolve("cifar"));
        Files.write(root.resolve("data_batch_1.bin"), cifar(3, 9));
        Files.write(root.resolve("data_batch_2.bin"), cifar(4));
        Files.write(root.resolve("test_batch.bin"), cifar(11));
        try (ImageDataset train = open(root);
                ImageDataset test = open(root + ":test");
                ImageDataset grey = DataSource.open(root.toString(), 1)) {
            assertThat(train.size()).isEqualTo(3);
            assertThat(train.read(2).label()).isEqualTo(4);
            assertThat(train.read(1).label()).isEqualTo(9);
            for (int c = 0; c < 3; c++)
                assertThat(train.read(0).image().at(1, 1, c)).isEqualTo(new int[] {200, 100, 50}[c]);
            assertThat(grey.read(0).image().at(1, 1, 0)).isEqualTo(124);
            assertThatThrownBy(() -> test.read(0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("0..9: 11");
        }
        Files.writeString(root.resolve("batches.meta.txt"), String.join("\n", "abcdefghij".split("")) + "\n\n");
        try (ImageDataset named = open(root)) {
            assertThat(named.classes()).containsExactly("abcdefghij".split(""));
        }
        Files.write(root.resolve("data_batch_2.bin"), new byte[3072]);
        assertThat(refusal(root)).contains("3072 bytes").contains("3073");
    }

    @Test
    void mnistIsWhatItWas() throws IOException {
        Path mnist = Shared.path("data/mnist");
        int[] firstLabels = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
        try (ImageDataset train = open(mnist);
                ImageDataset test = open(mnist + ":test")) {
            assertThat(train.size()).isEqualTo(60_000);
            assertThat(test.size()).isEqualTo(10_000);
            assertThat(test.read(0).label()).isEqualTo(7);
            for (int i = 0; i < 10; i++) assertThat(train.read(i).label()).isEqualTo(firstLabels[i]);
            DatasetStatistics statistics = DatasetStatistics.of(train, 60_000);
            assertThat(statistics.mean().get(0)).isCloseTo(0.1307, offset(5e-5));
            assertThat(statistics.deviation().get(0)).isCloseTo(0.3081, offset(5e-5));
            assertThat(statistics.classes()).containsEntry("5", 5421).containsEntry("1", 6742);
            assertThat(statistics.grey()).isEqualTo(60_000);
        }
    }

    @Test
    void cifarArchiveHasTenClassesOfFiveThousand() throws IOException {
        Path archive = Shared.path("data/cifar10/cifar10-train-jpg.tar.gz");
        try (ImageDataset data = open(archive)) {
            assertThat(data.size()).isEqualTo(50_000);
            assertThat(data.classes())
                    .containsExactly(
                            "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
            for (int i = 0; i < 50_000; i += 4_999)
                assertThat(data.read(i).label()).isEqualTo(i / 5_000);
            assertThat(data.read(49_999).name()).endsWith("train/truck/4999.jpg");
            DatasetStatistics statistics = DatasetStatistics.of(data, 1000);
            assertThat(statistics.widths()).isEqualTo(new DatasetStatistics.Range(32, 32, 32));
            assertThat(statistics.classes().values()).containsOnly(100);
            assertThat(statistics.mean().get(0)).isBetween(0.47, 0.51);
        }
    }
}
