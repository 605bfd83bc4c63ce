package dev.calotype.data.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.numpy.ArrayContent.ElementType;
import dev.calotype.data.store.RandomFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyFileTest {
    @TempDir
    Path folder;

    @Test
    void anArrayIsWrittenByteForByteAsNumpyDoes() throws IOException {
        Path file = folder.resolve("a.npy");
        NumpyFile.write(file, ArrayContent.of(new long[] {1, -2, 3}, 3));
        // numpy 2.4.6: np.save("a.npy", np.array([1, -2, 3]))
        String numpy =
                "934e554d5059010076007b276465736372273a20273c6938272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028332c292c207d"
                        + "20".repeat(60) + "0a" + "0100000000000000feffffffffffffff0300000000000000";
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(numpy);
    }

    @Test
    void severalArraysAreStoredInAZip() throws IOException {
        Path file = folder.resolve("a.npz");
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        arrays.put(
                "arr_0", new ArrayContent(ElementType.UINT8, new long[] {2, 1, 1, 3}, out -> out.write(new byte[6])));
        arrays.put("arr_1", ArrayContent.of(new double[] {0.5, 2}, 2, 1));
        NumpyFile.write(file, arrays);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(Object::toString)).containsExactly("arr_0.npy", "arr_1.npy");
            assertThat(zip.getInputStream(zip.getEntry("arr_0.npy")).readAllBytes())
                    .hasSize(128 + 6);
            assertThat(zip.getInputStream(zip.getEntry("arr_1.npy")).readAllBytes())
                    .hasSize(128 + 16);
        }
        byte[] once = Files.readAllBytes(file);
        NumpyFile.write(file, arrays);
        assertThat(Files.readAllBytes(file)).isEqualTo(once);
    }

    @Test
    void aTypeThatBreaksALineIsDamage() throws IOException {
        String header = "{'descr': '|u1\n', 'fortran_order': False, 'shape': (3, 3, 3, 3), }";
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0};
        Path file = folder.resolve("a.npy");
        Files.write(file, start);
        Files.writeString(file, header, StandardOpenOption.APPEND);
        assertThatThrownBy(() -> NumpyHeader.read(new RandomFile(file), 0, Files.size(file)))
                .hasMessage("has a header that is not NumPy's: it is damaged");
    }

    @Test
    void whatEndsEarlyLeavesNoFile() {
        ArrayContent broken = new ArrayContent(ElementType.UINT8, new long[] {4}, out -> {
            throw new IOException("no more");
        });
        assertThatThrownBy(() -> NumpyFile.write(folder.resolve("a.npz"), Map.of("arr_0", broken)))
                .hasMessageContaining("cannot write")
                .hasMessageContaining("no more");
        assertThat(folder).isEmptyDirectory();
    }
}
