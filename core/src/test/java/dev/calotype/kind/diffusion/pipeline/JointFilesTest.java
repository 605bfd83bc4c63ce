package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LoraConversion;
import dev.calotype.checkpoint.adapter.LoraConversion.Form;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.Additions.Embedding;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.io.Progress;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stable Diffusion 3 in one file, and its adapters, against diffusers: bench/peers/golden_joint_files.py made what is compared with. */
class JointFilesTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/sd3_files.json");
    private static final Path UNIGRAM = Path.of("src/test/resources/text/tiny-unigram.json");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static Map<String, Tensor> weights(String name) {
        Map<String, Tensor> weights = FormulaWeights.ofUNet(GOLDEN.get(name).get("weights"));
        weights.computeIfPresent("first_stage_model.decoder.conv_out.weight", (key, w) -> Tensors.scale(0.1, w));
        return weights;
    }

    private static Path write(Map<String, Tensor> weights, Path file) throws IOException {
        SafeTensors.write(file, weights, Map.of());
        Path beside = file.resolveSibling("tokenizer_3");
        if (Files.exists(beside)) return file;
        Files.copy(MadeOriginal.MERGES, file.resolveSibling("merges.txt"));
        Files.copy(UNIGRAM, Files.createDirectories(beside).resolve("tokenizer.json"));
        return file;
    }

    private static PipelineFiles once(String name) throws IOException {
        Path file = made.resolve(name + ".safetensors");
        if (!Files.exists(file)) write(weights(name), file);
        return PipelineFile.open(file, Additions.NONE);
    }

    private static Tensor latents(PipelineFiles files) throws IOException {
        JointPipeline model = JointPipeline.open(files);
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        Map<String, String> asked = Map.of("steps", GOLDEN.get("steps").asText(), "guidance", "4");
        ImageRequest request = new ImageRequest(prompt, model.settings(asked), 0, 24, 16);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 1, 4, 8, 12));
        var meanings = FirstPictures.meanings(model, request, EXACT);
        try (var network = model.denoiser(EXACT)) {
            Watched watched = new Watched(Progress.SILENT, 1);
            var asking = new JointPipeline.Evaluations(network.value(), meanings, JointControls.none(), watched);
            return model.latents(asking, request, null, noise, Rng.images(0, 0, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd3", "sd35"})
    void aFileIsDrawnFromAsDiffusersDoes(String name) throws IOException {
        Tensor latents = latents(once(name));
        FormulaWeights.check(latents, GOLDEN.get(name).get("latents"), 1e-3);
        try (var autoencoder = once(name).autoencoder(Precision.FP32)) {
            FormulaWeights.check(
                    autoencoder.value().decode(latents), GOLDEN.get(name).get("images"), 1e-3);
        }
    }

    private Path adapter(JsonNode golden) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        golden.get("weights").properties().forEach(e -> {
            JsonNode alpha = golden.path("alphas").get(e.getKey());
            long[] shape =
                    Arrays.stream(Golden.ints(e.getValue())).asLongStream().toArray();
            weights.put(
                    e.getKey(),
                    alpha == null
                            ? FormulaWeights.weight(e.getKey(), shape)
                            : Tensors.of(alpha.asDouble()).reshape());
        });
        Map<String, String> metadata = new LinkedHashMap<>();
        golden.path("metadata")
                .properties()
                .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        Path file = folder.resolve("adapter.safetensors");
        SafeTensors.write(file, weights, metadata);
        return file;
    }

    @ParameterizedTest
    @CsvSource({"sd3,kohya", "sd3,trained", "sd35,kohya", "sd35,trained"})
    void anAdapterDrawsAsInDiffusers(String name, String program) throws IOException {
        JsonNode golden = GOLDEN.get(name).get(program);
        Adapter adapter = new Adapter(adapter(golden), golden.get("strength").asDouble());
        PipelineFiles adapted = AdaptedFiles.of(once(name), List.of(adapter), List.of());
        assertThat(adapted.notes()).hasSize(1); // nothing was assumed
        FormulaWeights.check(latents(adapted), golden.get("latents"), 1e-3);
    }

    @Test
    void aLearnedWordIsToldBothClipsAndT5ReadsItsLetters() throws IOException {
        JsonNode golden = GOLDEN.get("word");
        Path file = folder.resolve("lamp.safetensors");
        Map<String, Tensor> vectors = Map.of(
                "clip_l", FormulaWeights.weight("clip_l", 2, 64), "clip_g", FormulaWeights.weight("clip_g", 2, 128));
        SafeTensors.write(file, vectors, Map.of());
        PipelineFiles files =
                AdaptedFiles.of(once("sd3"), List.of(), List.of(new Embedding(file, Optional.of("<lamp>"))));
        assertThat(files.notes()).contains("T5 knows no learned words, and reads their letters.");
        Prompt prompt = new Prompt(golden.get("text").asText(), Optional.empty(), 0);
        TextReader.Texts asked = TextReader.Texts.of(prompt, false);
        TextReader.Meaning meaning = JointTexts.of(files, EXACT)
                .read(List.of(asked))
                .get(0)
                .meanings()
                .get(0);
        FormulaWeights.check(meaning.tokens(), golden.get("tokens"), 1e-4);
        FormulaWeights.check(meaning.pooled(), golden.get("pooled"), 1e-4);
    }

    private static Map<String, Tensor> applied(Path file, Map<String, StoredNetwork> networks) throws IOException {
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (Map.Entry<String, StoredNetwork> part :
                LoraFile.open(file).applied(networks, 1, new ArrayList<>()).entrySet())
            for (Map.Entry<String, StoredTensor> weight :
                    part.getValue().weights().entrySet())
                values.put(
                        part.getKey() + "." + weight.getKey(), weight.getValue().read());
        return values;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anAdapterActsTheSameByWhateverNames(Form form) throws IOException {
        Map<String, StoredNetwork> networks = Map.of("transformer", once("sd3").network("transformer"));
        Path file = adapter(GOLDEN.get("sd3").get("kohya"));
        Path out = folder.resolve("out"), back = folder.resolve("back.safetensors");
        LoraConversion.convert(file, networks, OptionalDouble.empty(), form, out);
        Path written = form == Form.PEFT ? out.resolve("adapter_model.safetensors") : out;
        LoraConversion.convert(written, networks, OptionalDouble.empty(), Form.KOHYA, back);
        for (Path other : List.of(written, back)) requireSame(other, file, networks);
    }

    private static void requireSame(Path one, Path other, Map<String, StoredNetwork> networks) throws IOException {
        Map<String, Tensor> wanted = applied(other, networks);
        applied(one, networks).forEach((name, values) -> {
            double apart = values.sub(wanted.get(name)).abs().max().item_double();
            assertThat(apart).as(name).isLessThan(1e-5);
        });
    }

    /** Queries alone are a third of a layer of kohya's scripts. */
    @Test
    void aPartOfAnAttentionBecomesALayerOfKohyasScripts() throws IOException {
        Map<String, StoredNetwork> networks = Map.of("transformer", once("sd3").network("transformer"));
        Path some = folder.resolve("some.safetensors"), out = folder.resolve("kohya.safetensors");
        Rng rng = Rng.of(5);
        String start = "transformer.transformer_blocks.0.attn.";
        SafeTensors.write(
                some,
                Map.of(
                        start + "to_q.lora_A.weight", rng.normal(2, 128),
                        start + "to_q.lora_B.weight", rng.normal(128, 2),
                        start + "to_v.lora_A.weight", rng.normal(3, 128),
                        start + "to_v.lora_B.weight", rng.normal(128, 3)),
                Map.of());
        LoraConversion.convert(some, networks, OptionalDouble.of(2), Form.KOHYA, out);
        assertThat(SafeTensors.read(out).tensors().keySet())
                .containsExactlyInAnyOrder(
                        "lora_unet_joint_blocks_0_x_block_attn_qkv.alpha",
                        "lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight",
                        "lora_unet_joint_blocks_0_x_block_attn_qkv.lora_up.weight");
        Path diffusers = folder.resolve("diffusers.safetensors");
        LoraConversion.convert(some, networks, OptionalDouble.of(2), Form.DIFFUSERS, diffusers);
        requireSame(out, diffusers, networks);
    }

    /** Of queries, keys and values in one, of a part of them, or of halves that are swapped. */
    private Path layer(String kind, String layer, int parts) throws IOException {
        String name = kind.equals("part") ? "transformer.transformer_blocks.0.attn.to_q" : "lora_unet_" + layer;
        Rng rng = Rng.of(5);
        Path file = folder.resolve(kind + ".safetensors");
        SafeTensors.write(
                file,
                kind.equals("lokr")
                        ? Map.of(name + ".lokr_w1", rng.normal(parts, 1), name + ".lokr_w2", rng.normal(128, 128))
                        : Map.of(
                                name + ".lora_down.weight",
                                rng.normal(2, 128),
                                name + ".lora_up.weight",
                                rng.normal(kind.equals("part") ? 128 : parts * 128, 2)),
                Map.of());
        return file;
    }

    /** What a weight becomes, and how often which are read for it. */
    private record Reading(double[] values, Map<String, Integer> reads) {
        static Reading of(String name, List<Path> adapters, double weight) throws IOException {
            StoredNetwork base = once("sd3").network("transformer");
            Map<String, Integer> reads = new TreeMap<>();
            Map<String, StoredTensor> counted = new LinkedHashMap<>();
            base.weights()
                    .forEach((key, stored) -> counted.put(key, stored.changed(x -> {
                        reads.merge(key, 1, Integer::sum);
                        return x;
                    })));
            Map<String, StoredNetwork> networks = Map.of("transformer", base.with(() -> counted));
            for (Path adapter : adapters)
                networks = LoraFile.open(adapter).applied(networks, weight, new ArrayList<>());
            StoredTensor changed = networks.get("transformer").weights().get(name);
            reads.clear(); // of outlines
            return new Reading(Tensors.doubles(changed.read()), reads);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lora, joint_blocks_0_x_block_attn_qkv, 3, transformer_blocks.0.attn.to_k.weight",
        "lokr, joint_blocks_0_x_block_attn_qkv, 3, transformer_blocks.0.attn.to_k.weight",
        "lora lokr, joint_blocks_0_x_block_attn_qkv, 3, transformer_blocks.0.attn.to_k.weight",
        "part lora, joint_blocks_0_x_block_attn_qkv, 3, transformer_blocks.0.attn.to_q.weight",
        "lora, final_layer_adaLN_modulation_1, 2, norm_out.linear.weight",
        "lokr, final_layer_adaLN_modulation_1, 2, norm_out.linear.weight"
    })
    void manyAdaptersReadAWeightNoOftenerThanOne(String kinds, String layer, int parts, String weight)
            throws IOException {
        List<Path> once = new ArrayList<>(), often = new ArrayList<>();
        for (String kind : kinds.split(" ")) once.add(layer(kind, layer, parts));
        for (int i = 0; i < 3; i++) often.addAll(once);
        Reading one = Reading.of(weight, once, 3), many = Reading.of(weight, often, 1);
        assertThat(many.reads).isEqualTo(one.reads);
        assertThat(many.values).containsExactly(one.values, within(1e-4));
    }

    @Test
    void aLayerIsChangedOnceByAFile() throws IOException {
        Map<String, StoredNetwork> networks = Map.of("transformer", once("sd3").network("transformer"));
        Map<String, Tensor> factors =
                new LinkedHashMap<>(SafeTensors.read(layer("part", "", 1)).tensors());
        factors.putAll(SafeTensors.read(layer("lora", "joint_blocks_0_x_block_attn_qkv", 3))
                .tensors());
        Path file = folder.resolve("both.safetensors");
        SafeTensors.write(file, factors, Map.of());
        assertThatThrownBy(() -> LoraConversion.convert(
                        file, networks, OptionalDouble.of(2), Form.DIFFUSERS, folder.resolve("out.safetensors")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(" changes the same layer by two names, '")
                .hasMessageContainingAll(
                        "'transformer.transformer_blocks.0.attn.to_q'",
                        " and ",
                        "'lora_unet_joint_blocks_0_x_block_attn_qkv'");
    }

    @Test
    void whatAFileIsIsSaid() throws IOException {
        Path file = once("sd35").path();
        assertThat(TextPipelines.installed().isOne(file)).isTrue();
        var inventory = TextPipelines.installed().inventory(file);
        assertThat(inventory.type()).isEqualTo("StableDiffusion3Pipeline");
        assertThat(inventory.missing()).isEmpty();
        assertThat(inventory.notes()).containsExactly("sd35.safetensors is of Stable Diffusion 3 and predicts flow.");
        assertThat(inventory.parts()).hasSize(5);
        assertThat(inventory.sampling()).isEqualTo("euler, 28 steps, guidance 7.0, clip none");
        assertThat(inventory.size()).containsExactly(256, 256); // 128 latents, two pixels each
        assertThat(PipelineFile.open(file, Additions.NONE)
                        .config("transformer")
                        .path("qk_norm")
                        .asText())
                .isEqualTo("rms_norm");
    }

    private Path without(String... beginnings) throws IOException {
        Map<String, Tensor> weights = weights("sd3");
        for (String lacking : beginnings) weights.keySet().removeIf(key -> key.startsWith(lacking));
        return write(weights, folder.resolve("some.safetensors"));
    }

    @Test
    void encodersThatAFileLacksAreTakenFromBesideItOrNamed() throws IOException {
        Path file = without("text_encoders.");
        assertThat(PipelineFile.open(file, Additions.NONE).missing())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("the text encoder of CLIP L (text_encoders.clip_l)"))
                .anyMatch(line -> line.startsWith("the text encoder of CLIP G (text_encoders.clip_g)"));
        MadePipeline.write(Golden.json("latent/sd3.json").get("sd3"), folder.resolve("other"));
        for (String part : List.of("text_encoder", "text_encoder_2"))
            Files.move(folder.resolve("other").resolve(part), folder.resolve(part));
        PipelineFiles beside = PipelineFile.open(file, Additions.NONE);
        assertThat(beside.missing()).isEmpty();
        assertThat(beside.notes())
                .contains("The file has no text_encoder_2, and the folder of that name beside it is taken.");
        assertThat(beside.has("text_encoder_3")).isFalse();
        assertThat(beside.network("text_encoder").path()).isEqualTo(folder.resolve("text_encoder"));
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        Map<String, Tensor> more = weights("sd3");
        Path file = write(more, folder.resolve("more.safetensors"));
        Files.delete(folder.resolve("tokenizer_3/tokenizer.json"));
        assertThat(PipelineFile.open(file, Additions.NONE).missing())
                .singleElement()
                .asString()
                .startsWith("the vocabulary of T5");
        String third = "model.diffusion_model.joint_blocks.0.x_block.attn3.qkv.weight";
        String foreign = "cond_stage_model.transformer.text_model.final_layer_norm.bias";
        for (String name : List.of(third, foreign)) more.put(name, FormulaWeights.unit("one", 6, 2));
        write(more, file);
        assertThatThrownBy(() -> PipelineFile.open(file, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " holds 2 weights that no part of Stable Diffusion 3 has: '" + foreign + "', '"
                        + third + "'");
        more.keySet().removeAll(List.of(third, foreign));
        more.remove("model.diffusion_model.context_embedder.weight");
        assertThatThrownBy(() -> PipelineFile.open(write(more, file), Additions.NONE))
                .hasMessage("cannot use " + file + ": it has no model.diffusion_model.context_embedder.weight");
        var v = new Additions(Optional.empty(), Optional.of("v"), Optional.empty(), List.of(), List.of());
        assertThatThrownBy(() -> PipelineFile.open(once("sd3").path(), v))
                .hasMessageStartingWith("a prediction is of Stable Diffusion 1, 2 and XL, and would do nothing");
        Path adapter = adapter(GOLDEN.get("sd35").get("kohya"));
        assertThatThrownBy(() -> AdaptedFiles.of(once("sd3"), List.of(new Adapter(adapter, 1)), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "layers that this model does not have, "
                                + "'lora_unet_joint_blocks_0_x_block_attn2_proj', 'lora_unet_joint_blocks_0_x_block_attn2_qkv'");
    }
}
