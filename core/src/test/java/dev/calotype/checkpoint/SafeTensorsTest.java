package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsTest extends InScope {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"F6_E2M3", "F6_E3M2", "F4"})
    void everyElementTypeSurvivesARoundTrip(ElementType type) throws IOException {
        Tensor x = Rng.of(3)
                .normal(2, 3, 5)
                .mul(new org.bytedeco.pytorch.Scalar(40.0))
                .to(type.scalar());
        Path file = folder.resolve("x.safetensors");
        SafeTensors.write(file, Map.of("x", x), Map.of());
        SafeTensors read = SafeTensors.read(file);
        assertThat(read.tensors()).containsOnlyKeys("x");
        Tensor y = read.tensors().get("x");
        assertThat(Tensors.dtype(y)).isEqualTo(type.scalar());
        assertThat(Tensors.shape(y)).containsExactly(2, 3, 5);
        assertThat(Tensors.doubles(y)).containsExactly(Tensors.doubles(x));
        assertThat(Files.size(file) % 8).isEqualTo(30 * type.bytes() % 8);
    }

    @Test
    void scalarsEmptyTensorsAndStridedViewsSurvive() throws IOException {
        Tensor strided = Rng.of(1).normal(4, 6).transpose(0, 1);
        Path file = folder.resolve("x.safetensors");
        SafeTensors.write(
                file,
                Map.of("scalar", torch.ones(), "empty", torch.empty(0, 3), "strided", strided),
                Map.of("note", "a \"quoted\" line\nand another, \u00e9\ud83d\ude00"));
        SafeTensors read = SafeTensors.read(file);
        assertThat(Tensors.shape(read.tensors().get("scalar"))).isEmpty();
        assertThat(Tensors.shape(read.tensors().get("empty"))).containsExactly(0, 3);
        assertThat(Tensors.floats(read.tensors().get("strided"))).containsExactly(Tensors.floats(strided));
        assertThat(read.metadata())
                .containsExactly(Map.entry("note", "a \"quoted\" line\nand another, \u00e9\ud83d\ude00"));
    }

    @Test
    void theSameTensorsGiveTheSameBytesWhateverTheirOrder() throws IOException {
        Map<String, Tensor> forward = new LinkedHashMap<>();
        forward.put("a", Rng.of(1).normal(3));
        forward.put("b", torch.ones(5).to(ScalarType.Byte));
        forward.put("c", torch.ones(5).to(ScalarType.Double));
        Map<String, Tensor> backward = new LinkedHashMap<>();
        for (String name : new String[] {"c", "b", "a"}) backward.put(name, forward.get(name));
        SafeTensors.write(folder.resolve("1"), forward, Map.of("p", "1", "q", "2"));
        SafeTensors.write(folder.resolve("2"), backward, Map.of("q", "2", "p", "1"));
        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
        assertThat(SafeTensors.read(folder.resolve("1")).tensors().keySet()).containsExactly("c", "a", "b");
    }

    @Test
    void theHeaderIsReadWithoutTheTensors() throws IOException {
        Path file = folder.resolve("x.safetensors");
        SafeTensors.write(file, Map.of("x", torch.ones(2, 3), "y", torch.zeros(1)), Map.of("k", "v"));
        long before = Scope.live();
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            assertThat(open.header().metadata()).containsEntry("k", "v");
            SafeTensorsHeader.Entry x = open.header().entries().get("x");
            assertThat(x.type()).isEqualTo(ElementType.F32);
            assertThat(x.shape()).containsExactly(2L, 3L);
            assertThat(x.count()).isEqualTo(6);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
            assertThat(Tensors.floats(open.tensor("x"))).containsOnly(1);
            assertThatThrownBy(() -> open.tensor("z"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no tensor 'z'");
        }
    }

    @Test
    void golden() throws IOException {
        String json = "{\"__metadata__\":{\"k\":\"v\"},\"x\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
        Path file = folder.resolve("x.safetensors");
        SafeTensors.write(file, Map.of("x", Tensors.of(258, -2).to(ScalarType.Short)), Map.of("k", "v"));
        int padded = (json.length() + 7) / 8 * 8;
        byte[] expected = ByteBuffer.allocate(8 + padded + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put((json + " ".repeat(padded - json.length())).getBytes(StandardCharsets.US_ASCII))
                .put(new byte[] {2, 1, -2, -1})
                .array();
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void readsWhatThePythonPackageWrote() throws IOException {
        Path file = Shared.path("fixtures/improved-diffusion/unet_class_additive.safetensors");
        SafeTensors read = SafeTensors.read(file);
        assertThat(read.metadata()).containsEntry("model_channels", "32");
        assertThat(Tensors.dtype(read.tensors().get("input/y"))).isEqualTo(ScalarType.Long);
        assertThat(Tensors.shape(read.tensors().get("weight/middle_block.1.qkv.weight")))
                .containsExactly(192, 64, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            [1]                                                                            | not a JSON object
            {"x":1}                                                                        | must be a JSON object
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}                          | not the JSON
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}                      | follows
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | Duplicate
            {"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}           | Duplicate
            {"x":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}                         | dtype 'F99'
            {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}                         | has 8 bytes
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                         | hole
            {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}                         | cut off
            {"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}                          | the file holds 4
            {"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"y":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | inside
            {"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | hole
            {"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}                        | negative
            {"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}                     | negative
            {"x":{"dtype":"F32","shape":[4611686018427387904,4,1],"data_offsets":[0,4]}}   | too large
            {"x":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}   | too large
            {"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}      | 64-bit
            {"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}                       | 64-bit
            {"x":{"dtype":"F32","shape":[[[[1]]]],"data_offsets":[0,4]}}                   | 64-bit
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,5]}}                       | two data_offsets
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}                         | begin <= end
            {"x":{"dtype":"F32","shape":[1]}}                                              | must have
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}                | unknown key 'more'
            {"__metadata__":{"k":1}}                                                       | must be a text
            """)
    void aHeaderThatBreaksARuleIsRefused(String json, String reason) throws IOException {
        Path file = file(json.getBytes(StandardCharsets.UTF_8), 4);
        long before = Scope.live();
        assertThatThrownBy(() -> SafeTensors.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read " + file + " as a safetensors file: ")
                .hasMessageContaining(reason);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void headerLengthsOutsideTheFileAreRefusedBeforeMemoryIsTaken() throws IOException {
        for (long length : new long[] {-1, 0, 1, 90, 100_000_001, Long.MAX_VALUE}) {
            Path file = folder.resolve("x");
            Files.write(
                    file,
                    ByteBuffer.allocate(40)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(length)
                            .array());
            assertThatThrownBy(() -> SafeTensors.read(file)).hasMessageContaining("no header length");
        }
        Files.write(folder.resolve("short"), new byte[5]);
        assertThatThrownBy(() -> SafeTensors.read(folder.resolve("short"))).isInstanceOf(IOException.class);
    }

    @Test
    void anOverlongShapeAndBytesThatAreNotUtf8AreRefused() throws IOException {
        String ones = "1,".repeat(64) + "1";
        Path deep = file(
                ("{\"x\":{\"dtype\":\"F32\",\"shape\":[" + ones + "],\"data_offsets\":[0,4]}}")
                        .getBytes(StandardCharsets.UTF_8),
                4);
        assertThatThrownBy(() -> SafeTensors.read(deep)).hasMessageContaining("more than 64");
        Path latin = file("{\"__metadata__\":{\"k\":\"\u00e9\"}}".getBytes(StandardCharsets.ISO_8859_1), 0);
        assertThatThrownBy(() -> SafeTensors.read(latin)).hasMessageContaining("not UTF-8");
    }

    @Test
    void flippedBytesThrowOnlyIoExceptions() throws IOException {
        Path original = folder.resolve("x");
        SafeTensors.write(original, Map.of("x", torch.ones(2, 3), "y", torch.zeros(1)), Map.of("k", "v"));
        byte[] bytes = Files.readAllBytes(original);
        Rng rng = Rng.of(11);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = bytes.clone();
            for (int flips = rng.nextInt(3); flips >= 0; flips--)
                damaged[rng.nextInt(damaged.length)] ^= (byte) (1 << rng.nextInt(8));
            Path file = folder.resolve("damaged" + i);
            Files.write(
                    file, rng.nextInt(4) == 0 ? java.util.Arrays.copyOf(damaged, rng.nextInt(bytes.length)) : damaged);
            try (PointerScope inner = new PointerScope()) {
                SafeTensors.read(file);
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 999);
    }

    @Test
    void nothingIsLeftBehindByWritingAndReading() throws IOException {
        Tensor x = Rng.of(1).normal(100);
        Runnable work = () -> Scope.run(() -> {
            try {
                SafeTensors.write(folder.resolve("x"), Map.of("x", x), Map.of());
                SafeTensors.read(folder.resolve("x"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 20; i++) work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void whatCannotBeStoredIsRefusedByName() {
        assertThatThrownBy(() -> SafeTensors.write(
                        folder.resolve("x"), Map.of("x", torch.ones(2).to(ScalarType.ComplexDouble)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ComplexDouble cannot be stored");
        assertThat(folder).isEmptyDirectory();
    }

    private Path file(byte[] json, int dataBytes) throws IOException {
        Path file = folder.resolve("made");
        return Files.write(
                file,
                ByteBuffer.allocate(8 + json.length + dataBytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .array());
    }
}
