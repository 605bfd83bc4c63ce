package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightFileTest extends InScope {
    @TempDir
    Path folder;

    /** As safetensors writes {"w": two floats, 1 and 2, "x": [2, 4] of another type}. */
    private Path file(String type, int bytes) throws IOException {
        String json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"x\":{\"dtype\":" + type
                + ",\"shape\":[2,4],\"data_offsets\":[8," + (8 + bytes) + "]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + json.length() + 8 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length())
                .put(json.getBytes(StandardCharsets.US_ASCII))
                .putFloat(1)
                .putFloat(2);
        return Files.write(folder.resolve("x.safetensors"), file.array());
    }

    @ParameterizedTest
    @CsvSource({
        "F8_E4M3, 8",
        "F8_E5M2, 8",
        "F8_E8M0, 8",
        "U16, 16",
        "U32, 32",
        "U64, 64",
        "C64, 64",
        "F4, 4",
        "F6_E2M3, 6",
        "F6_E3M2, 6"
    })
    void tensorsOfOtherTypesAreListedAndDoNotRefuseTheRest(String type, int bytes) throws IOException {
        Path file = file('"' + type + '"', bytes);
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            SafeTensorsHeader.Entry x = open.header().entries().get("x");
            assertThat(x.type()).hasToString(type);
            assertThat(x.shape()).containsExactly(2L, 4L);
            assertThat(x.count()).isEqualTo(8);
            assertThat(Tensors.floats(open.tensor("w"))).containsExactly(1, 2);
            if (x.type().supported())
                assertThat(Tensors.floats(open.tensor("x").reshape(8).to(ScalarType.Float)))
                        .hasSize(8);
            else
                assertThatThrownBy(() -> open.tensor("x"))
                        .hasMessage("tensor 'x' of " + file + " is of the type " + type + ", which is not supported");
            assertThat(WeightFile.read(file)).containsKey("w");
        }
        assertThatThrownBy(() -> SafeTensors.open(file('"' + type + '"', bytes + 1)))
                .hasMessageContaining("has " + bytes + " bytes");
    }

    @Test
    void aTypeThatIsNoTextOrNotKnownIsToldInOneSentence() {
        assertThatThrownBy(() -> SafeTensors.open(file("[1]", 8)))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("dtype of 'x' must be a text");
        assertThatThrownBy(() -> SafeTensors.open(file("\"Q3\"", 8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has the dtype 'Q3', which is not known here")
                .hasMessageNotContaining("valid");
    }

    @Test
    void complexWeightsAreNotTakenForRealOnes() throws IOException {
        var complex = WeightFile.read(file("\"C64\"", 64)).get("x");
        var network = new org.bytedeco.pytorch.LinearImpl(4, 2);
        var weights = Map.of("weight", complex, "bias", Tensors.of(0, 0));
        assertThatThrownBy(() -> Weights.load(network, weights)).hasMessageContaining("weight wants F32, not C64");
    }

    private Path sets(String... names) throws IOException {
        Pickles program = Pickles.program().op("}(");
        for (int i = 0; i < names.length; i++)
            program.text(names[i]).op("}").text("w").vector("" + i, 1).op("s");
        program.text("opt")
                .op("}(")
                .text("state")
                .op("}")
                .number(0)
                .op("}")
                .text("exp_avg")
                .vector("0", 1)
                .op("ss");
        byte[] pickle = program.text("param_groups")
                .op("]uu")
                .text("epoch")
                .number(7)
                .op("s")
                .stop();
        return Pickles.zip(folder.resolve("x.pt"), pickle, Map.of("0", Pickles.floats(1), "1", Pickles.floats(2)));
    }

    @Test
    void ofSeveralSetsOfWeightsOneIsChosenByName() throws IOException {
        Path file = sets("model", "ema");
        assertThat(PyTorchFile.read(file).groups()).containsExactly("model", "ema", "opt");
        assertThatThrownBy(() -> WeightFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        file + ": it holds several sets of weights, model and ema: say which, such as `weights` ema");
        assertThat(Tensors.floats(WeightFile.read(file, "model").get("w"))).containsExactly(1);
        assertThat(Tensors.floats(WeightFile.read(file, "ema").get("w"))).containsExactly(2);
        assertThatThrownBy(() -> WeightFile.read(file, "emma"))
                .hasMessage(file + ": it has no weights 'emma', only model, ema, opt");
        assertThat(Tensors.floats(WeightFile.read(sets("ema")).get("w")))
                .as("the only one")
                .containsExactly(1);
    }

    @Test
    void whatIsNoWeightFileIsNotCalledDamaged() throws IOException {
        Path file = Files.write(folder.resolve("x.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0});
        assertThatThrownBy(() -> WeightFile.read(file))
                .hasMessage(file + " begins neither as a safetensors file nor as one of torch.save");
    }

    /** The opcodes are those of pickle.dumps, protocols 2 and 4. */
    @Test
    void plainValuesBesideTheWeightsAreRead() throws IOException {
        Pickles p = Pickles.program().op("}(");
        p.text("counter")
                .global("collections", "Counter")
                .op("}")
                .number(3)
                .number(2)
                .op("s")
                .raw(0x85)
                .op("R");
        p.text("default")
                .global("collections", "defaultdict")
                .global("__builtin__", "list")
                .raw(0x85)
                .op("R");
        p.text("dtype").global("torch", "bfloat16");
        p.text("device")
                .global("torch", "device")
                .text("cuda")
                .number(1)
                .raw(0x86)
                .op("R");
        p.text("size").global("torch", "Size").numbers(2, 3).raw(0x85).op("R");
        p.text("set").raw(0x8F).op("(").number(5).raw(0x90);
        p.text("frozen").op("(").number(6).raw(0x91);
        p.text("old set")
                .global("__builtin__", "set")
                .op("](")
                .number(4)
                .op("e")
                .raw(0x85)
                .op("R");
        p.text("keys").op("}").numbers(0, 1).number(8).op("s");
        p.text("args")
                .global("argparse", "Namespace")
                .op(")")
                .raw(0x81)
                .op("}")
                .text("lr")
                .number(9)
                .op("sb");
        p.text("loss").global("numpy.core.multiarray", "scalar");
        p.global("numpy", "dtype")
                .text("f8")
                .raw(0x89, 0x88, 0x87)
                .op("R")
                .op("(")
                .number(3)
                .text("<")
                .op("NNNtb");
        p.global("_codecs", "encode")
                .text("\0\0\0\0\0\0\u00f8?")
                .text("latin1")
                .raw(0x86)
                .op("R")
                .raw(0x86)
                .op("R");
        byte[] program = p.op("u").stop();
        var root = (PyTorchValue.Dict) PyTorchFile.read(Pickles.zip(folder.resolve("x"), program, Map.of()))
                .root();
        assertThat(root.entries())
                .containsEntry("counter", dict("3", 2))
                .containsEntry("default", new PyTorchValue.Dict(Map.of()))
                .containsEntry("dtype", new PyTorchValue.Text("torch.bfloat16"))
                .containsEntry("device", new PyTorchValue.Text("cuda:1"))
                .containsEntry("size", list(2, 3))
                .containsEntry("set", list(5))
                .containsEntry("frozen", list(6))
                .containsEntry("old set", list(4))
                .containsEntry("keys", dict("(0, 1)", 8))
                .containsEntry("args", dict("lr", 9))
                .containsEntry("loss", new PyTorchValue.Number(1.5));
    }

    private static PyTorchValue dict(String key, long value) {
        return new PyTorchValue.Dict(Map.of(key, new PyTorchValue.Number(value)));
    }

    private static PyTorchValue list(long... values) {
        return new PyTorchValue.Sequence(java.util.Arrays.stream(values)
                .mapToObj(value -> (PyTorchValue) new PyTorchValue.Number(value))
                .toList());
    }

    /** A tuple of a tuple of a tuple, each twice, has a hash that takes forever. */
    @Test
    void keysThatAreHugeAreRefused() throws IOException {
        Pickles key = Pickles.program().op("}").number(1);
        for (int i = 0; i < 40; i++) key.raw('q', i).raw('h', i).raw(0x86);
        byte[] program = key.number(1).op("s").stop();
        assertThatThrownBy(() -> PyTorchFile.read(Pickles.zip(folder.resolve("x"), program, Map.of())))
                .hasMessageContaining("a dict key has more than 64 parts");
        byte[] list = Pickles.program().op("}]").number(1).op("s").stop();
        assertThatThrownBy(() -> PyTorchFile.read(Pickles.zip(folder.resolve("y"), list, Map.of())))
                .hasMessageContaining("a dict key is no text, number or tuple of them");
    }
}
