package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchFileTest extends InScope {
    @TempDir
    Path folder;

    /** {"epoch": 3, "state_dict": OrderedDict(a.weight, a.bias: two views of storage 0; b: Parameter of storage 1)}. */
    private static byte[] stateDict() {
        return Pickles.program()
                .op("}(")
                .text("epoch")
                .raw('K', 3)
                .text("state_dict")
                .global("collections", "OrderedDict")
                .op(")R(")
                .text("a.weight")
                .tensor("0", 6, 0, new long[] {2, 2}, new long[] {1, 2})
                .text("a.bias")
                .tensor("0", 6, 4, new long[] {2}, new long[] {1})
                .text("b")
                .global("torch._utils", "_rebuild_parameter")
                .op("(")
                .vector("1", 3)
                .raw(0x88)
                .global("collections", "OrderedDict")
                .op(")R")
                .op("tR")
                .op("u}")
                .text("_metadata")
                .op("Nsb")
                .op("u")
                .stop();
    }

    private static Map<String, byte[]> storages() {
        Map<String, byte[]> storages = new LinkedHashMap<>();
        storages.put("0", Pickles.floats(1, 2, 3, 4, 5, 6));
        storages.put("1", Pickles.floats(7, 8, 9));
        return storages;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStateDictIsReadFromBothFormats(boolean zip) throws IOException {
        Path file = folder.resolve("x.pth");
        if (zip) Pickles.zip(file, stateDict(), storages());
        else Pickles.legacy(file, stateDict(), storages());
        PyTorchFile read = PyTorchFile.read(file);
        Map<String, StoredTensor> tensors = read.stateDict();
        assertThat(tensors.keySet()).containsExactly("a.weight", "a.bias", "b");
        assertThat(Tensors.floats(tensors.get("a.weight").read())).containsExactly(1, 3, 2, 4);
        assertThat(Tensors.floats(tensors.get("a.bias").read())).containsExactly(5, 6);
        assertThat(Tensors.floats(tensors.get("b").read())).containsExactly(7, 8, 9);
        assertThat(((PyTorchValue.Dict) read.root()).entries().get("epoch")).isEqualTo(new PyTorchValue.Number(3L));
        assertThat(WeightFile.read(file).keySet()).containsExactly("a.weight", "a.bias", "b");
    }

    @Test
    void plainValuesOfEveryKindAreRead() throws IOException {
        byte[] program = Pickles.program()
                .op("](")
                .op("N")
                .raw(0x88)
                .raw('M', 1, 2)
                .raw('J', 0xFE, 0xFF, 0xFF, 0xFF)
                .raw(0x8A, 0)
                .raw(0x8A, 1, 0xFF)
                .raw(0x8A, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1)
                .raw('G', 0x3F, 0xF8, 0, 0, 0, 0, 0, 0)
                .raw('U', 2, 'h', 'i')
                .text("\u00e9")
                .raw('K', 1)
                .raw(0x85)
                .op("e")
                .stop();
        var list = (PyTorchValue.Sequence) PyTorchFile.read(Pickles.zip(folder.resolve("x"), program, Map.of()))
                .root();
        assertThat(list.elements())
                .containsExactly(
                        new PyTorchValue.None(),
                        new PyTorchValue.Flag(true),
                        new PyTorchValue.Number(513L),
                        new PyTorchValue.Number(-2L),
                        new PyTorchValue.Number(0L),
                        new PyTorchValue.Number(-1L),
                        new PyTorchValue.Number(BigInteger.ONE.shiftLeft(64)),
                        new PyTorchValue.Number(1.5),
                        new PyTorchValue.Text("hi"),
                        new PyTorchValue.Text("\u00e9"),
                        new PyTorchValue.Sequence(List.of(new PyTorchValue.Number(1L))));
    }

    @Test
    void readsWhatTheEngineSaves() throws IOException {
        Tensor x = Rng.of(5).normal(3, 4);
        var pickled = torch.pickle_save(new IValue(x));
        byte[] bytes = new byte[(int) pickled.size()];
        for (int i = 0; i < bytes.length; i++) bytes[i] = pickled.get(i);
        var root = PyTorchFile.read(Files.write(folder.resolve("x.pt"), bytes)).root();
        assertThat(Tensors.floats(((PyTorchValue.TensorValue) root).tensor().read()))
                .containsExactly(Tensors.floats(x));
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "builtins, eval",
        "torch, load",
        "torch, ComplexDoubleStorage",
        "numpy.core.multiarray, _reconstruct"
    })
    void otherNamesAreRefusedAsSoonAsTheyAreMentioned(String module, String name) throws IOException {
        byte[] program = Pickles.program()
                .global(module, name)
                .op("(")
                .text("touch /tmp/owned")
                .op("tR")
                .stop();
        Path zip = Pickles.zip(folder.resolve("x"), program, Map.of());
        assertThatThrownBy(() -> PyTorchFile.read(zip))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot read " + zip + " as a PyTorch file: it names '" + module + "." + name
                        + "', which is refused: only tensors, numbers, texts and plain containers are read");
        byte[] protocol4 = Pickles.program()
                .raw(0x8C, module.length())
                .op(module)
                .raw(0x8C, name.length())
                .op(name)
                .raw(0x93)
                .stop();
        assertThatThrownBy(() -> PyTorchFile.read(Pickles.legacy(folder.resolve("y"), protocol4, Map.of())))
                .hasMessageContaining("which is refused");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0, 4, 1, reaches outside",
        "6, 3, 4, 1, reaches outside",
        "6, 0, 4, 2, reaches outside",
        "6, -1, 4, 1, negative offset",
        "6, 0, 4, -1, negative offset",
        "6, 0, -4, 1, negative size",
        "6, 0, 4000000000, 0, reaches outside",
        "6, 0, 4, 9223372036854775807, too large",
        "6, 9223372036854775807, 4, 1, too large",
        "6, 0, 9223372036854775807, 1, too large",
        "9, 0, 9, 1, should have 9 elements",
        "99999999999, 0, 99999999999, 1, should have 99999999999",
        "-1, 0, 0, 1, has -1 elements"
    })
    void viewsOutsideTheirStorageAndStoragesOutsideTheFileAreRefused(
            long count, long offset, long size, long stride, String reason) throws IOException {
        byte[] program = Pickles.program()
                .op("}")
                .text("x")
                .tensor("0", count, offset, new long[] {size}, new long[] {stride})
                .op("s")
                .stop();
        Path file = Pickles.zip(folder.resolve("x"), program, storages());
        long before = Scope.live();
        assertThatThrownBy(() -> PyTorchFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
        assertThatThrownBy(() -> PyTorchFile.read(
                        Pickles.legacy(folder.resolve("y"), program, Map.of("0", Pickles.floats(1, 2)))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        Path zip = Pickles.zip(folder.resolve("zip"), stateDict(), storages());
        Path legacy = Pickles.legacy(folder.resolve("legacy"), stateDict(), storages());
        for (Path file : List.of(zip, legacy))
            for (int length = 0; length < Files.size(file); length += 3) {
                Path cut = Pickles.cut(file, length);
                assertThatThrownBy(() -> PyTorchFile.read(cut)).isInstanceOf(IOException.class);
            }
    }

    @Test
    void hugeClaimsAreRefusedBeforeMemoryIsTaken() throws IOException {
        int[] huge = {0xFF, 0xFF, 0xFF, 0x7F};
        refused(Pickles.program().op("X").raw(huge).stop(), "longer than");
        refused(Pickles.program().raw(0x8D).raw(huge).raw(huge).stop(), "longer than");
        refused(Pickles.program().raw(0x8D).raw(0, 0, 0, 0, 0, 0, 0, 0x80).stop(), "too large");
        refused(Pickles.program().op("X").raw(0, 0, 1, 0).op("short").stop(), "ends too early");
        refused(Pickles.program().op("N".repeat(PickleStack.MAX_VALUES + 1)).stop(), "more than 2000000 values");
        refused(Pickles.program().op("c" + "a".repeat(600) + "\n\n").stop(), "longer than 500");
    }

    @Test
    void programsThatBuildHugeOrEndlessTreesAreRefused() throws IOException {
        Pickles doubling = Pickles.program().op("]");
        for (int i = 0; i < 60; i++)
            doubling.raw('q', i).op("](").raw('h', i, 'h', i).op("e");
        refused(doubling.stop(), "more than 2000000 values");
        refused(Pickles.program().op("]").raw('q', 0, 'h', 0).op("a").stop(), "nested more than 100");
        refused(Pickles.program().op("]".repeat(500) + "a".repeat(499)).stop(), "nested more than 100");
        Pickles copies = Pickles.program().op("](");
        for (int i = 0; i < 3000; i++) copies.text("k").op("N").raw(0x86);
        copies.op("e")
                .raw('q', 0)
                .global("collections", "OrderedDict")
                .raw('q', 1)
                .op("0(");
        for (int i = 0; i < 1000; i++) copies.raw('h', 1, 'h', 0, 0x85).op("R");
        refused(copies.op("t").stop(), "more than 2000000 values");
    }

    @ParameterizedTest
    @CsvSource({
        "0, stack is empty",
        "R, stack is empty",
        "Nb, stack is empty",
        "u, no mark",
        "N(s, stack is empty",
        "}]Ns, 'no text, number'",
        "}(Nu, has no value",
        "]]R, Tuple was expected",
        "N)R, Function was expected",
        "Nq, ends too early",
        "i, 0x69",
        "P, 0x50",
        "NQ, Tuple was expected",
        "(NtQ, persistent id",
        ")Q, persistent id"
    })
    void damagedProgramsAreRefused(String opcodes, String reason) throws IOException {
        byte[] program = Pickles.program().op(opcodes).stop();
        refused(opcodes.endsWith("q") ? Arrays.copyOf(program, program.length - 1) : program, reason);
    }

    private void refused(byte[] program, String reason) throws IOException {
        Path file = Pickles.zip(folder.resolve("x"), program, Map.of());
        assertThatThrownBy(() -> PyTorchFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"_rebuild_qtensor, a quantized tensor", "_rebuild_sparse_tensor, a sparse tensor"})
    void tensorsOfOtherLayoutsAreNamed(String function, String what) throws IOException {
        byte[] program =
                Pickles.program().global("torch._utils", function).op(")R").stop();
        refused(program, "it holds " + what + ", which is not supported");
    }

    @Test
    void compressedArchivesAndThoseWithoutAProgramAreRefused() throws IOException {
        Path deflated = Pickles.zip(folder.resolve("x"), ZipEntry.DEFLATED, Map.of("a/data.pkl", new byte[100_000]));
        assertThatThrownBy(() -> PyTorchFile.read(deflated)).hasMessageContaining("is compressed");
        Path other = Pickles.zip(folder.resolve("x"), ZipEntry.STORED, Map.of("a/x.txt", new byte[10]));
        assertThatThrownBy(() -> PyTorchFile.read(other)).hasMessageContaining("0 entries called data.pkl");
        Path big = Pickles.zip(
                folder.resolve("x"),
                ZipEntry.STORED,
                new LinkedHashMap<>(
                        Map.of("a/data.pkl", stateDict(), "a/byteorder", "big".getBytes(StandardCharsets.US_ASCII))));
        assertThatThrownBy(() -> PyTorchFile.read(big)).hasMessageContaining("byte order");
    }

    @Test
    void aLegacyStorageOfAnotherLengthOrUnderAnotherNameIsRefused() throws IOException {
        byte[] program = Pickles.program().vector("0", 3).stop();
        for (int length : new int[] {0, 2, 4}) {
            Path file = Pickles.legacy(folder.resolve("x"), program, Map.of("0", new byte[4 * length]));
            assertThatThrownBy(() -> PyTorchFile.read(file)).hasMessageContaining("damaged or cut off");
        }
        Path other = Pickles.legacy(folder.resolve("x"), program, Map.of("1", new byte[12]));
        assertThatThrownBy(() -> PyTorchFile.read(other)).hasMessageContaining("no tensor uses");
        Path none = Pickles.legacy(folder.resolve("x"), program, Map.of());
        assertThatThrownBy(() -> PyTorchFile.read(none)).hasMessageContaining("storage '0' is missing");
    }

    @Test
    void storagesThatOverlapInTheArchiveAreRefused() throws IOException {
        Pickles many = Pickles.program().op("](");
        Map<String, byte[]> storages = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            many.vector("" + i, 1000);
            storages.put("" + i, new byte[i == 0 ? 4000 : 0]);
        }
        byte[] archive =
                Files.readAllBytes(Pickles.zip(folder.resolve("x"), many.op("e").stop(), storages));
        int original = headerOffset(archive, "archive/data/0");
        for (int i = 1; i < 40; i++) { // every entry points to the first one's bytes
            int copy = headerOffset(archive, "archive/data/" + i);
            System.arraycopy(archive, original, archive, copy, 4);
            System.arraycopy(archive, original - 22, archive, copy - 22, 8);
        }
        assertThatThrownBy(() -> PyTorchFile.read(Files.write(folder.resolve("y"), archive)))
                .hasMessageContaining("overlap");
    }

    /** Where the zip directory says where an entry begins. */
    private static int headerOffset(byte[] zip, String name) {
        String text = new String(zip, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf("PK\1\2"); at >= 0; at = text.indexOf("PK\1\2", at + 1)) {
            int length = zip[at + 28] & 0xFF;
            if (text.substring(at + 46, at + 46 + length).equals(name)) return at + 42;
        }
        throw new AssertionError("no entry " + name);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void flippedBytesThrowOnlyIoExceptions(boolean zip) throws IOException {
        Path original = folder.resolve("x");
        if (zip) Pickles.zip(original, stateDict(), storages());
        else Pickles.legacy(original, stateDict(), storages());
        byte[] bytes = Files.readAllBytes(original);
        Rng rng = Rng.of(zip ? 1 : 2);
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] damaged = bytes.clone();
            for (int flips = rng.nextInt(4); flips >= 0; flips--)
                damaged[rng.nextInt(damaged.length)] = (byte) rng.nextInt(256);
            Path file = Files.write(folder.resolve("damaged" + i), damaged);
            try (PointerScope inner = new PointerScope()) {
                PyTorchFile.read(file).stateDict();
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 1499);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet-cifar10/resnet20-12fca82f.th, 97, module.conv1.weight, 16x3x3x3",
        "resnet-cifar10/resnet32-d509ac18.th, 157, module.linear.bias, 10",
        "mnist-small-models/mnist_classifier/weights/lenet_epoch=12_test_acc=0.991.pth, 10, fc.f7.bias, 10",
        "mnist-small-models/mnist_gan_mlp/weights/D--300.ckpt, 6, 0.weight, 256x784",
        "mnist-small-models/mnist_vae/weights/vae_epoch_25.pth, 10, fc1.weight, 400x784",
        "dncnn-kair/dncnn_25.pth, 34, model.0.weight, 64x1x3x3",
        "lpips/v0.0/squeeze.pth, 7, lin0.model.1.weight, 1x64x1x1",
        "lpips/v0.1/alex.pth, 5, lin0.model.1.weight, 1x64x1x1"
    })
    void readsPublishedWeights(String name, int count, String tensor, String shape) throws IOException {
        Map<String, Tensor> tensors = WeightFile.read(Shared.path("data/weights-and-vocab/" + name));
        assertThat(tensors).hasSize(count).containsKey(tensor);
        assertThat(Arrays.stream(Tensors.shape(tensors.get(tensor)))
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining("x")))
                .isEqualTo(shape);
        assertThat(tensors.values()).allMatch(x -> x.abs().max().item_double() < 100);
    }
}
