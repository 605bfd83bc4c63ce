package dev.calotype.checkpoint.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.adapter.LoraConversion.Form;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoraConversionTest extends InScope {
    private static final String ATTENTION = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    private static final String CONVOLUTION = "down_blocks.0.resnets.0.conv1";
    private static final String TEXT = "text_model.encoder.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    private static Map<String, StoredNetwork> networks(boolean text) {
        Rng rng = Rng.of(3);
        Map<String, StoredNetwork> networks = new LinkedHashMap<>();
        networks.put(
                "unet",
                network(Map.of(
                        ATTENTION + ".weight", rng.normal(8, 8), CONVOLUTION + ".weight", rng.normal(6, 4, 3, 3))));
        if (text) networks.put("text_encoder", network(Map.of(TEXT + ".weight", rng.normal(8, 8))));
        return networks;
    }

    private static StoredNetwork network(Map<String, Tensor> weights) {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> stored.put(name, StoredTensor.of(tensor)));
        return StoredNetwork.of(Path.of("base"), JsonNodeFactory.instance.objectNode(), () -> stored);
    }

    /** Of kohya's scripts, with alphas that are not the ranks, which differ. */
    private Path kohya(boolean text, boolean alpha) throws IOException {
        Rng rng = Rng.of(4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        pair(tensors, "lora_unet_" + ATTENTION.replace('.', '_'), rng.normal(2, 8), rng.normal(8, 2), alpha ? 1 : -1);
        pair(
                tensors,
                "lora_unet_" + CONVOLUTION.replace('.', '_'),
                rng.normal(3, 4, 3, 3),
                rng.normal(6, 3, 1, 1),
                alpha ? 6 : -1);
        if (text)
            pair(tensors, "lora_te_" + TEXT.replace('.', '_'), rng.normal(2, 8), rng.normal(8, 2), alpha ? 4 : -1);
        Path file = folder.resolve("kohya-" + text + alpha + ".safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    private static void pair(Map<String, Tensor> into, String name, Tensor down, Tensor up, double alpha) {
        into.put(name + ".lora_down.weight", down);
        into.put(name + ".lora_up.weight", up);
        if (alpha > 0) into.put(name + ".alpha", Tensors.of(alpha).squeeze());
    }

    private static Map<String, double[]> applied(Path file, Map<String, StoredNetwork> networks) throws IOException {
        List<String> notes = new ArrayList<>();
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Map.Entry<String, StoredNetwork> part :
                LoraFile.open(file).applied(networks, 1, notes).entrySet())
            for (Map.Entry<String, StoredTensor> weight :
                    part.getValue().weights().entrySet())
                values.put(
                        part.getKey() + "." + weight.getKey(),
                        Tensors.doubles(weight.getValue().read()));
        assertThat(notes).isEmpty(); // alpha is said
        return values;
    }

    /** As files of the oldest kind have them, whose words other forms have no place for. */
    @Test
    void learnedWordsAreWrittenBeside() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(WeightFile.read(kohya(true, true)));
        Tensor first = Rng.of(5).normal(8), second = Rng.of(6).normal(8);
        tensors.put("<s1>", first);
        tensors.put("<s2>", second);
        Path file = folder.resolve("with.safetensors"), out = folder.resolve("out.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        Path one = folder.resolve("out-word-1.safetensors"), two = folder.resolve("out-word-2.safetensors");
        assertThat(LoraConversion.convert(file, networks(true), OptionalDouble.empty(), Form.DIFFUSERS, out))
                .containsExactly(out, one, two);
        Map<String, Tensor> written = new LinkedHashMap<>();
        for (Path word : List.of(one, two))
            for (LearnedWord each : LearnedWord.open(word, Optional.empty()))
                written.put(each.token(), each.vectors().get("text_encoder").read());
        assertThat(written).containsOnlyKeys("<s1>", "<s2>");
        assertThat(Tensors.doubles(written.get("<s1>"))).containsExactly(Tensors.doubles(first));
        assertThat(Tensors.doubles(written.get("<s2>"))).containsExactly(Tensors.doubles(second));
        Path other = folder.resolve("out.st");
        assertThatThrownBy(() ->
                        LoraConversion.convert(file, networks(true), OptionalDouble.empty(), Form.DIFFUSERS, other))
                .hasMessage(one + " is there already: take another name");
        assertThat(other).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anAdapterActsTheSameByWhateverNames(Form form) throws IOException {
        boolean text = form != Form.PEFT;
        Map<String, StoredNetwork> networks = networks(text);
        Path file = kohya(text, true),
                out = folder.resolve("out.safetensors"),
                back = folder.resolve("back.safetensors");
        LoraConversion.convert(file, networks, OptionalDouble.empty(), form, out);
        Path written = form == Form.PEFT ? out.resolve("adapter_model.safetensors") : out;
        LoraConversion.convert(written, networks, OptionalDouble.empty(), Form.KOHYA, back);
        Map<String, double[]> wanted = applied(file, networks);
        for (Path other : List.of(written, back))
            applied(other, networks)
                    .forEach((name, values) ->
                            assertThat(values).as(name).containsExactly(wanted.get(name), within(1e-5)));
    }

    /** Who reads no alpha gets the right strength from the factors alone. */
    @Test
    void theStrengthIsInTheFactors() throws IOException {
        Path out = folder.resolve("diffusers.safetensors");
        LoraConversion.convert(kohya(true, true), networks(true), OptionalDouble.empty(), Form.DIFFUSERS, out);
        Map<String, Tensor> written = WeightFile.read(out), kohya = WeightFile.read(kohya(true, true));
        double[] up = Tensors.doubles(kohya.get("lora_unet_" + ATTENTION.replace('.', '_') + ".lora_up.weight"));
        double[] folded = Tensors.doubles(written.get("unet." + ATTENTION + ".lora_B.weight"));
        for (int i = 0; i < up.length; i++) assertThat(folded[i]).isCloseTo(up[i] / 2, within(1e-6)); // alpha 1, rank 2
        assertThat(WeightFile.metadata(out).get("lora_adapter_metadata"))
                .contains("\"unet.lora_alpha\":", "\"text_encoder.r\":2", "\"unet.alpha_pattern\":{\"");
    }

    @Test
    void aLayerIsChangedByOneNameOfAFile() throws IOException {
        Rng rng = Rng.of(4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        String kohya = "lora_unet_" + ATTENTION.replace('.', '_'), diffusers = "unet." + ATTENTION;
        for (String name : List.of(kohya, diffusers)) pair(tensors, name, rng.normal(2, 8), rng.normal(8, 2), 1);
        Path file = folder.resolve("twice.safetensors"), out = folder.resolve("out.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> applied(file, networks(false)),
                () -> LoraConversion.convert(file, networks(false), OptionalDouble.empty(), Form.KOHYA, out)))
            assertThatThrownBy(use)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + " changes the same layer by two names, '")
                    .hasMessageContainingAll("'" + kohya + "'", "'" + diffusers + "'");
        assertThat(out).doesNotExist();
    }

    @Test
    void whatIsNotKnownIsNotAssumed() throws IOException {
        Path silent = kohya(false, false), out = folder.resolve("out");
        assertThatThrownBy(
                        () -> LoraConversion.convert(silent, networks(false), OptionalDouble.empty(), Form.KOHYA, out))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not say alpha of 2 layers, so that it is not known how strongly it acts");
        LoraConversion.convert(silent, networks(false), OptionalDouble.of(4), Form.KOHYA, out);
        assertThat(applied(out, networks(false))).hasSize(2);
        assertThatThrownBy(() -> LoraConversion.convert(
                        kohya(true, true), networks(true), OptionalDouble.empty(), Form.PEFT, folder.resolve("peft")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("changes text_encoder and unet, and a folder of peft is of the denoiser alone");
    }
}
