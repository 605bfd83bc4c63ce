package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.video.ClipSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyImagesTest {
    @TempDir
    Path temp;

    private ImageDataset open(Object path) throws IOException {
        return open(path, LabelRule.AUTO);
    }

    private ImageDataset open(Object path, LabelRule labels) throws IOException {
        return DataSource.open(
                path.toString(), new ReadOptions(3, labels, temp.resolve("cache"), ClipSettings.PICTURES));
    }

    private static byte[] npy(int version, String type, boolean fortran, String shape, byte[] elements) {
        String order = fortran ? "True" : "False";
        String dictionary = "{'descr': " + type + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
        byte[] text = dictionary.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(12 + text.length + elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) bytes.putShort((short) text.length);
        else bytes.putInt(text.length);
        bytes.put(text).put(elements);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** An array of the bytes 0, 1, 2, ... */
    private static byte[] counting(String shape, int length) {
        byte[] elements = new byte[length];
        for (int i = 0; i < length; i++) elements[i] = (byte) i;
        return npy(1, "'|u1'", false, shape, elements);
    }

    private static byte[] npz(int method, Map<String, byte[]> arrays) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                entry.setMethod(method);
                entry.setSize(array.getValue().length);
                CRC32 crc = new CRC32();
                crc.update(array.getValue());
                entry.setCrc(crc.getValue());
                out.putNextEntry(entry);
                out.write(array.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(temp.resolve(name), bytes);
    }

    private static byte[] pixel(Sample sample, int y, int x) {
        byte[] pixel = new byte[3];
        for (int c = 0; c < 3; c++) pixel[c] = (byte) sample.image().at(x, y, c);
        return pixel;
    }

    @Test
    void theShapeTellsHowPicturesLie() throws IOException {
        Map<String, byte[]> second = Map.of(
                "(2, 5, 6, 3)", new byte[] {90 + 21, 90 + 22, 90 + 23},
                "(2, 3, 5, 6)", new byte[] {90 + 7, 90 + 37, (byte) (90 + 67)},
                "(2, 5, 6)", new byte[] {37, 37, 37},
                "(2, 5, 6, 1)", new byte[] {37, 37, 37},
                "(2, 1, 5, 6)", new byte[] {37, 37, 37},
                "(2L, 5L, 6L, 1L)", new byte[] {37, 37, 37});
        for (Map.Entry<String, byte[]> shape : second.entrySet()) {
            int length = shape.getKey().contains("3") ? 180 : 60;
            try (ImageDataset data = open(file("a.npy", counting(shape.getKey(), length)))) {
                assertThat(data.size()).isEqualTo(2);
                assertThat(pixel(data.read(1), 1, 1)).as(shape.getKey()).isEqualTo(shape.getValue());
                assertThat(data.read(0).label()).isEqualTo(Sample.UNLABELLED);
            }
        }
        byte[] transparent = npy(2, "'|u1'", false, "(1, 2, 1, 4)", new byte[] {10, 20, 30, -1, 10, 20, 30, 0});
        try (ImageDataset data = open(file("alpha.npy", transparent))) {
            assertThat(pixel(data.read(0), 0, 0)).containsExactly(10, 20, 30);
            assertThat(pixel(data.read(0), 1, 0)).containsExactly(-1, -1, -1);
        }
    }

    @Test
    void batchesOfPicturesAndLabelsAreReadStoredAndDeflated() throws IOException {
        byte[] labels = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(3)
                .putLong(1)
                .array();
        byte[] big = ByteBuffer.allocate(8).putInt(3).putInt(1).array();
        byte[] images = counting("(2, 5, 6, 3)", 180);
        for (int method : new int[] {ZipEntry.STORED, ZipEntry.DEFLATED})
            for (byte[] array :
                    List.of(npy(1, "'<i8'", false, "(2,)", labels), npy(3, "'>i4'", false, "(2, 1)", big))) {
                Path npz = file("b" + method + ".npz", npz(method, Map.of("arr_0", images, "arr_1", array)));
                try (ImageDataset data = open(npz)) {
                    assertThat(data.size()).isEqualTo(2);
                    assertThat(data.read(0).label()).isEqualTo(3);
                    assertThat(data.read(1).label()).isEqualTo(1);
                    assertThat(data.label(0)).isEqualTo(3);
                    assertThat(data.classes()).hasSize(4);
                    assertThat(data.labelSource()).isEqualTo("arr_1");
                    assertThat(pixel(data.read(1), 0, 1)).containsExactly(93, 94, 95);
                    assertThat(data.passedOver()).isEmpty();
                }
            }
    }

    @Test
    void partsOfAnArchiveOfArraysAreTakenByTheirWords() throws IOException {
        Path npz = file(
                "mnist.npz",
                npz(
                        ZipEntry.STORED,
                        Map.of(
                                "x_train", counting("(2, 5, 6)", 60),
                                "y_train", npy(1, "'|u1'", false, "(2,)", new byte[] {7, 8}),
                                "x_test", counting("(1, 5, 6)", 30),
                                "y_test", npy(1, "'|u1'", false, "(1,)", new byte[] {9}),
                                "mu", npy(1, "'<f8'", false, "(1,)", new byte[8]))));
        try (ImageDataset train = open(npz);
                ImageDataset test = open(npz + ":test")) {
            assertThat(train.size()).isEqualTo(2);
            assertThat(train.read(1).label()).isEqualTo(8);
            assertThat(test.size()).isEqualTo(1);
            assertThat(test.read(0).label()).isEqualTo(9);
            assertThat(train.passedOver().stream().mapToLong(PassedOver::count).sum())
                    .isEqualTo(3);
        }
        Path two = file(
                "two.npz",
                npz(ZipEntry.STORED, Map.of("a", counting("(2, 5, 6)", 60), "b", counting("(2, 5, 6)", 60))));
        assertThatThrownBy(() -> open(two)).hasMessageContaining("several arrays");
    }

    @Test
    void labelsLieBesideAnArrayAndInItsFolder() throws IOException {
        Path root = Files.createDirectories(temp.resolve("folder"));
        Files.write(root.resolve("x_train.npy"), counting("(2, 5, 6)", 60));
        Files.write(root.resolve("y_train.npy"), npy(1, "'<i2'", false, "(2,)", new byte[] {5, 0, -1, -1}));
        Files.write(root.resolve("x_test.npy"), counting("(1, 5, 6)", 30));
        for (Path path : List.of(root, root.resolve("x_train.npy")))
            try (ImageDataset data = open(path)) {
                assertThat(data.size()).isEqualTo(2);
                assertThat(data.read(0).label()).isEqualTo(5);
                assertThat(data.read(1).label()).isEqualTo(Sample.UNLABELLED);
            }
        try (ImageDataset data = open(root, LabelRule.NONE)) {
            assertThat(data.read(0).label()).isEqualTo(Sample.UNLABELLED);
            assertThat(data.labelSource()).isEqualTo("none: asked for so");
        }
        try (ImageDataset data = open(root + ":test")) {
            assertThat(data.size()).isEqualTo(1);
        }
        Files.write(root.resolve("y_train.npy"), npy(1, "'<i2'", false, "(3,)", new byte[6]));
        assertThatThrownBy(() -> open(root)).hasMessageContaining("must hold 2 whole numbers");
    }

    @Test
    void whatIsNotClearIsRefusedWithTheWayOut() throws IOException {
        Map<String, byte[]> refusals = Map.of(
                "may be one picture or many narrow ones", counting("(5, 6, 3)", 90),
                "the second axis or the last", counting("(2, 3, 5, 3)", 90),
                "no axis has 1, 3 or 4", counting("(2, 5, 6, 2)", 120),
                "values of the type <f4", npy(1, "'<f4'", false, "(1, 5, 6, 3)", new byte[360]),
                "objects of Python", npy(1, "'|O'", false, "(1, 5, 6, 3)", new byte[9]),
                "Fortran order", npy(1, "'|u1'", true, "(1, 5, 6, 3)", new byte[90]),
                "values of the type [('a', '|u1')]", npy(1, "[('a', '|u1')]", false, "(1, 5, 6)", new byte[30]),
                "has no array of pictures", npz(ZipEntry.STORED, Map.of("mu", counting("(4,)", 4))),
                "several pictures", counting("(90,)", 90));
        for (Map.Entry<String, byte[]> refusal : refusals.entrySet())
            assertThatThrownBy(() -> open(file("x.npy", refusal.getValue())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x.npy")
                    .hasMessageContaining(refusal.getKey());
    }

    @Test
    void aHeaderThatLiesIsRefused() throws IOException {
        byte[] longHeader = counting("(2, 5, 6)", 60);
        longHeader[8] = (byte) 0xFF;
        longHeader[9] = (byte) 0xFF;
        Map<String, byte[]> lies = Map.of(
                "which takes 60 bytes, but has 59", counting("(2, 5, 6)", 59),
                "which takes 60 bytes, but has 61", counting("(2, 5, 6)", 61),
                "but has 4:", counting("(999999999, 16000, 16000)", 4),
                "header of 65535 bytes", longHeader,
                "version 9", npy(9, "'|u1'", false, "(2, 5, 6)", new byte[60]),
                "header that is not NumPy's", npy(1, "'|u1'", false, "(2, x)", new byte[60]));
        for (Map.Entry<String, byte[]> lie : lies.entrySet())
            assertThatThrownBy(() -> open(file("x.npy", lie.getValue())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x.npy")
                    .hasMessageContaining(lie.getKey());
        byte[] whole = counting("(2, 5, 6)", 60);
        for (int length = 6; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> open(file("cut.npy", cut)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut.npy");
        }
    }

    @Test
    void realArraysAreTwentyPictures() throws IOException {
        for (String name : List.of("arr.npy", "arr.npz"))
            try (ImageDataset data = open(Shared.path("cases/data/" + name))) {
                assertThat(data.size()).isEqualTo(20);
                assertThat(data.read(19).image().width()).isEqualTo(32);
            }
    }
}
