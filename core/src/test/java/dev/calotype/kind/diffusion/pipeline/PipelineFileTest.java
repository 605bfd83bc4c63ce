package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.Additions;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers' own conversion: bench/peers/golden_original_files.py made what is compared with. */
class PipelineFileTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    static List<String> names() {
        return MadeOriginal.names();
    }

    private static Path once(String name) throws IOException {
        Path file = made.resolve(name.replaceFirst("_.*", "") + ".safetensors");
        if (name.equals("xl_refiner")) file = made.resolve("refiner.safetensors");
        if (!Files.exists(file)) MadeOriginal.write(name, file);
        return file;
    }

    private static Additions predicting(String prediction) {
        return new Additions(Optional.empty(), Optional.of(prediction), Optional.empty(), List.of(), List.of());
    }

    private static Additions additions(String name) {
        return name.equals("sd2_epsilon") ? predicting("epsilon") : Additions.NONE;
    }

    @ParameterizedTest
    @MethodSource("names")
    void stepsOfTheSameNoiseEndAsInDiffusers(String name) throws IOException {
        JsonNode golden = MadeOriginal.GOLDEN.get(name);
        TextToImage model = TextToImage.open(PipelineFile.open(once(name), additions(name)));
        Prompt prompt = new Prompt(MadeOriginal.GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        Map<String, String> asked =
                Map.of("steps", MadeOriginal.GOLDEN.get("steps").asText(), "guidance", "4");
        ImageRequest request = new ImageRequest(prompt, model.settings(asked), 0, 16, 16);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 1, 4, 8, 8));
        try (var denoiser = DiffusersLatentUNet.read(model.folder().network("unet"), Precision.FP32);
                var autoencoder = model.folder().autoencoder(Precision.FP32)) {
            Conditions conditions = FirstPictures.conditions(model, request, EXACT);
            Watched watched = new Watched(Progress.SILENT, 1);
            var evaluations = new Drawing.Evaluations(denoiser.value(), conditions, Controls.none(), watched);
            Tensor latents = model.drawing(request).latents(evaluations, null, noise, Rng.images(0, 0, 1));
            FormulaWeights.check(latents, golden.get("latents"), 1e-3);
            FormulaWeights.check(autoencoder.value().decode(latents), golden.get("images"), 1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            sd1         | StableDiffusionPipeline          | Stable Diffusion 1 and predicts epsilon
            sd2_v       | StableDiffusionPipeline          | Stable Diffusion 2 and predicts v
            xl          | StableDiffusionXLPipeline        | Stable Diffusion XL and predicts epsilon
            xl_refiner  | StableDiffusionXLImg2ImgPipeline | the refiner of Stable Diffusion XL and predicts epsilon
            """)
    void whatAFileIsIsSaid(String name, String type, String note) throws IOException {
        assertThat(TextPipelines.installed().isOne(once(name))).isTrue();
        var inventory = TextPipelines.installed().inventory(once(name));
        assertThat(inventory.type()).isEqualTo(type);
        assertThat(inventory.missing()).isEmpty();
        assertThat(inventory.notes().get(0)).contains("is of " + note);
        assertThat(inventory.parts()).hasSize(name.equals("xl") ? 4 : 3);
    }

    @Test
    void whatAFileOfStableDiffusion2PredictsIsAssumedAloud() throws IOException {
        assertThat(PipelineFile.open(once("sd2_v"), Additions.NONE).notes())
                .anyMatch(note -> note.contains("v is taken, and the prediction 'epsilon' is the other"));
        assertThat(PipelineFile.open(once("sd2_v"), predicting("epsilon")).notes())
                .hasSize(1);
        MadeOriginal.write("sd2_v", folder.resolve("base.safetensors"));
        Files.writeString(folder.resolve("base.yaml"), "model:\n  params:\n    linear_start: 0.00085\n");
        assertThat(PipelineFile.open(folder.resolve("base.safetensors"), Additions.NONE)
                        .schedulerConfig()
                        .get("prediction_type")
                        .asText())
                .isEqualTo("epsilon");
        Files.writeString(folder.resolve("base.yaml"), "model:\n  params:\n    parameterization: \"v\"\n");
        assertThat(PipelineFile.open(folder.resolve("base.safetensors"), Additions.NONE)
                        .notes())
                .containsExactly("base.safetensors is of Stable Diffusion 2 and predicts v.");
    }

    private Path with(String name, Map<String, Tensor> more, String... without) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>(MadeOriginal.weights(name));
        weights.putAll(more);
        for (String lacking : without) weights.keySet().removeIf(key -> key.startsWith(lacking));
        Path file = folder.resolve("changed.safetensors");
        SafeTensors.write(file, weights, Map.of());
        if (!Files.exists(folder.resolve("merges.txt"))) Files.copy(MadeOriginal.MERGES, folder.resolve("merges.txt"));
        return file;
    }

    @Test
    void weightsThatNoPartHasAreNamedAndRefused() throws IOException {
        Tensor one = FormulaWeights.unit("one", 2, 2);
        Path file = with(
                "sd1",
                Map.of(
                        "control_model.zero.weight", one,
                        "model.diffusion_model.input_blocks.40.0.in_layers.0.weight", one,
                        "first_stage_model.encoder.mid.attn_2.q.weight", one));
        assertThatThrownBy(() -> PipelineFile.open(file, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        file + " holds 3 weights that no part of Stable Diffusion 1 has: 'control_model.zero.weight',"
                                + " 'first_stage_model.encoder.mid.attn_2.q.weight',"
                                + " 'model.diffusion_model.input_blocks.40.0.in_layers.0.weight'");
    }

    @Test
    void aTextEncoderOfAnotherFamilyIsNamedAndRefused() throws IOException {
        String foreign = "text_encoders.clip_g.transformer.text_projection.weight";
        Path file = with("xl", Map.of(foreign, FormulaWeights.unit("one", 2, 2)));
        assertThatThrownBy(() -> PipelineFile.open(file, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " holds 1 weights that no part of Stable Diffusion XL has: '" + foreign + "'");
    }

    @Test
    void whatTrainingLeftIsNoReasonToRefuse() throws IOException {
        Tensor one = FormulaWeights.unit("one", 2);
        Path file = with(
                "sd1",
                Map.of(
                        "sqrt_recipm1_alphas_cumprod", one,
                        "posterior_mean_coef2", one,
                        "first_stage_model.loss.logvar", one,
                        "model_ema.decay", one,
                        "cond_stage_model.logit_scale", one));
        assertThat(PipelineFile.open(file, Additions.NONE).missing()).isEmpty();
    }

    @Test
    void everyPartThatIsMissingIsNamed() throws IOException {
        Path file = with("sd1", Map.of(), "first_stage_model", "cond_stage_model");
        Files.delete(folder.resolve("merges.txt"));
        PipelineFile opened = PipelineFile.open(file, Additions.NONE);
        assertThat(opened.missing())
                .hasSize(3)
                .contains("an autoencoder (first_stage_model)", "a text encoder (cond_stage_model)")
                .anyMatch(missing -> missing.startsWith("the vocabulary of CLIP, which no such file holds"));
        assertThatThrownBy(() -> TextToImage.open(opened)).hasMessageContaining("lacks a text encoder");
    }

    /** diffusers' script writes the blocks that are read, and no projection. */
    @Test
    void aTextEncoderWithoutItsLastBlockIsTheSame() throws IOException {
        String text = "cond_stage_model.model.";
        Set<String> whole = textWeights(once("sd2_v"));
        long last = whole.stream()
                .filter(name -> name.endsWith("layer_norm1.weight"))
                .count();
        Path without = with("sd2_v", Map.of(), text + "text_projection", text + "transformer.resblocks." + last);
        assertThat(textWeights(without)).isEqualTo(whole);
        Map<String, Tensor> blocks = new LinkedHashMap<>();
        for (int block = 0; block < 23; block++)
            blocks.put(text + "transformer.resblocks." + block + ".ln_1.weight", FormulaWeights.unit("one", 2));
        String end = "text_model.encoder.layers.22.layer_norm1.weight";
        assertThat(textWeights(with("sd2_v", blocks))).contains(end);
        blocks.put(text + "transformer.resblocks.23.ln_1.weight", FormulaWeights.unit("one", 2));
        assertThat(textWeights(with("sd2_v", blocks, text + "text_projection")))
                .contains(end)
                .noneMatch(name -> name.contains("layers.23"));
    }

    private static Set<String> textWeights(Path file) throws IOException {
        return PipelineFile.open(file, Additions.NONE)
                .network("text_encoder")
                .weights()
                .keySet();
    }

    @Test
    void aWeightThatIsLackingIsNamed() throws IOException {
        Path file = with("sd1", Map.of(), "model.diffusion_model.output_blocks.1.0.out_layers.3.weight");
        var network = PipelineFile.open(file, Additions.NONE).network("unet");
        assertThatThrownBy(() -> DiffusersLatentUNet.read(network, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 missing: up_blocks.0.resnets.1.conv2.weight");
    }

    @Test
    void averagesAreTakenWhereTheyAreAskedFor() throws IOException {
        Map<String, Tensor> averages = new LinkedHashMap<>();
        MadeOriginal.weights("sd1").forEach((name, weight) -> {
            if (name.startsWith("model.diffusion_model."))
                averages.put(
                        "model_ema." + name.substring("model.".length()).replace(".", ""), Tensors.scale(2, weight));
        });
        Path file = with("sd1", averages);
        assertThat(PipelineFile.open(file, Additions.NONE).notes())
                .anyMatch(note -> note.contains("the weights 'ema'"));
        Additions ema = new Additions(Optional.empty(), Optional.empty(), Optional.of("ema"), List.of(), List.of());
        Tensor plain = PipelineFile.open(file, Additions.NONE)
                .network("unet")
                .weights()
                .get("conv_in.weight")
                .read();
        Tensor average = PipelineFile.open(file, ema)
                .network("unet")
                .weights()
                .get("conv_in.weight")
                .read();
        assertThat(Tensors.doubles(average)).containsExactly(Tensors.doubles(Tensors.scale(2, plain)));
        assertThatThrownBy(() -> PipelineFile.open(once("sd1"), ema)).hasMessageContaining("has 0 averages of the");
    }

    @Test
    void marksOfPredictionAndNoiseAreHonoured() throws IOException {
        Tensor empty = FormulaWeights.unit("empty", 0);
        Path file = with("xl", Map.of("v_pred", empty, "ztsnr", empty));
        JsonNode scheduler = PipelineFile.open(file, Additions.NONE).schedulerConfig();
        assertThat(scheduler.get("prediction_type").asText()).isEqualTo("v_prediction");
        assertThat(scheduler.get("rescale_betas_zero_snr").asBoolean()).isTrue();
    }

    @Test
    void aFolderHasItsOwn() throws IOException {
        MadePipeline.write("sd1", folder);
        assertThatThrownBy(() -> TextPipelines.installed().open(folder, predicting("v")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a folder, which has its own");
        assertThatThrownBy(() -> predicting("sample")).hasMessage("prediction must be epsilon or v: sample");
    }
}
