package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers: bench/peers/golden_text_to_image.py made what is compared with. */
class TextToImageTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final Placement HALF = new Placement(Device.CPU, Precision.BF16);

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    static List<String> names() {
        return MadePipeline.names();
    }

    /** A pipeline that no test changes. */
    private static Path once(String name) throws IOException {
        Path folder = made.resolve(name);
        if (!Files.exists(folder)) MadePipeline.write(name, folder);
        return folder;
    }

    private static ImageRequest request(TextToImage model, JsonNode made) {
        JsonNode arguments = made.get("arguments");
        Map<String, String> asked = Map.of(
                "steps", "20", "guidance", arguments.get("guidance_scale").asText());
        SamplingSettings how = model.settings(asked);
        Prompt prompt = new Prompt(
                MadePipeline.GOLDEN.get("prompt").asText(),
                Optional.ofNullable(arguments.get("negative_prompt")).map(JsonNode::asText),
                arguments.path("clip_skip").asInt(0));
        return new ImageRequest(prompt, how, 0, 24, 16);
    }

    private static Tensor latents(TextToImage model, JsonNode made, Placement placement) throws IOException {
        ImageRequest request = request(model, made);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 12));
        try (var denoiser = DiffusersLatentUNet.read(model.folder().path().resolve("unet"), placement.precision())) {
            Conditions conditions = FirstPictures.conditions(model, request, placement);
            Watched watched = new Watched(Progress.SILENT, 1);
            var evaluations = new Drawing.Evaluations(denoiser.value(), conditions, Controls.none(), watched);
            return model.drawing(request).latents(evaluations, null, noise, Rng.images(0, 0, 2));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void twentyStepsOfTheSameNoiseEndAsInDiffusers(String name) throws IOException {
        Path folder = once(name);
        JsonNode made = MadePipeline.GOLDEN.get(name);
        Tensor latents = latents(TextToImage.open(folder), made, EXACT);
        FormulaWeights.check(latents, made.get("latents"), 1e-3);
        try (var autoencoder = DiffusersAutoencoder.read(folder.resolve("vae"), Precision.FP32)) {
            FormulaWeights.check(autoencoder.value().decode(latents), made.get("images"), 1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource({"sd1", "sd2_v", "xl"})
    void inBf16TheyEndNearly(String name) throws IOException {
        Path folder = once(name);
        TextToImage model = TextToImage.open(folder);
        JsonNode made = MadePipeline.GOLDEN.get(name);
        assertThat(Deviation.relative(latents(model, made, HALF), latents(model, made, EXACT)))
                .isLessThan(2e-2);
    }

    @ParameterizedTest
    @MethodSource("names")
    void rowsOfIdsAreThoseOfTransformers(String name) throws IOException {
        Path folder = once(name);
        try (Words words = PipelineFolder.open(folder).words("tokenizer")) {
            int[] row = words.rows(
                            Emphasis.parts(MadePipeline.GOLDEN.get("prompt").asText()), 16, 1)
                    .get(0)
                    .tokens()
                    .ids();
            assertThat(row)
                    .containsExactly(Golden.ints(MadePipeline.GOLDEN.get(name).get("ids")));
        }
    }

    private static Wishes small(Prompt prompt, long seed) {
        return new Wishes(prompt, Map.of("steps", "2", "sampler", "ddim"), seed, 16, 8, Optional.empty());
    }

    private static Conditions told(TextToImage model, Wishes wishes) throws IOException {
        ImageRequest request = ImageRequest.of(wishes, model.settings(wishes.sampling()), 8);
        return FirstPictures.conditions(model, request, EXACT);
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawn() throws IOException {
        TextToImage model = TextToImage.open(once("sd1"));
        Wishes request = small(new Prompt("a bed", Optional.empty(), 0), 7);
        List<Picture> three = model.draw(request, 3, EXACT, Progress.SILENT).pictures();
        List<Picture> two = model.draw(request, 2, EXACT, Progress.SILENT).pictures();
        assertThat(three).hasSize(3).startsWith(two.toArray(Picture[]::new)).doesNotHaveDuplicates();
        assertThat(three.get(0).width()).isEqualTo(16);
        assertThat(three.get(0).height()).isEqualTo(8);
    }

    @Test
    void aSolverInPlaceOfTheOneByStepsGoesOnToAnImageWithoutNoise() throws IOException {
        TextToImage model = TextToImage.open(once("sd1"));
        assertThat(model.sampling().toString()).contains("plms, 50 steps").contains("to the first step");
        assertThat(model.sampling().with(Map.of("sampler", "ddim"), 1000).toString())
                .contains("to the first step");
        assertThat(model.sampling().with(Map.of("sampler", "dpm++"), 1000).toString())
                .doesNotContain("to the first step");
    }

    @Test
    void anAbsentNegativeTextOfXlIsNotAnEmptyOne() throws IOException {
        TextToImage model = TextToImage.open(once("xl"));
        Wishes absent = small(new Prompt("a bed", Optional.empty(), 0), 7);
        Wishes empty = small(new Prompt("a bed", Optional.of(""), 0), 7);
        Tensor none = told(model, absent).rows().tokens().select(0, 1);
        assertThat(none.abs().max().item_double()).isZero();
        assertThat(told(model, empty).rows().tokens().select(0, 1).abs().max().item_double())
                .isPositive();
    }

    @Test
    void aTextThatIsTooLongIsReadInPartsAndThatIsSaidAsWeightsAre() throws IOException {
        TextToImage model = TextToImage.open(once("sd1"));
        Prompt prompt = new Prompt("a bed ".repeat(7) + "(red:1.25)", Optional.empty(), 0);
        assertThat(model.draw(small(prompt, 1), 1, EXACT, Progress.SILENT).notes())
                .containsExactly(
                        "The text is longer than the 16 tokens that the text encoder reads, and is read in 2 parts.",
                        "In the text 'red' weighs 1.25.");
        Prompt endless = new Prompt("a bed ".repeat(300), Optional.empty(), 0);
        assertThat(model.draw(small(endless, 1), 1, EXACT, Progress.SILENT).notes())
                .singleElement()
                .asString()
                .startsWith("The text is longer than 16 times the 16 tokens that the text encoder reads: \"a bed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            20 | 8  | width must be a multiple of 8 up to 16384, and the nearest are 16 and 24: 20
            16 | 3  | height must be a multiple of 8 up to 16384, and the nearest are 8: 3
            0  | 8  | width must be a multiple of 8
            """)
    void sidesThatTheDenoiserCannotTakeAreRefused(int width, int height, String reason) throws IOException {
        TextToImage model = TextToImage.open(once("sd1"));
        Wishes request =
                new Wishes(new Prompt("a bed", Optional.empty(), 0), Map.of(), 0, width, height, Optional.empty());
        assertThatThrownBy(() -> model.draw(request, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void aNegativeTextWantsGuidance() throws IOException {
        TextToImage model = TextToImage.open(once("sd1"));
        SamplingSettings how = model.settings(Map.of("guidance", "1"));
        assertThatThrownBy(() -> new ImageRequest(new Prompt("a", Optional.of("b"), 0), how, 0, 8, 8))
                .hasMessage("guidance must be above 1 with a negative text, which has no effect otherwise: 1.0");
    }

    @Test
    void everyMissingPartIsNamed() throws IOException {
        MadePipeline.write("xl", folder);
        Files.delete(folder.resolve("unet/diffusion_pytorch_model.safetensors"));
        Files.delete(folder.resolve("text_encoder_2/config.json"));
        Files.delete(folder.resolve("tokenizer/merges.txt"));
        Files.delete(folder.resolve("scheduler/scheduler_config.json"));
        assertThatThrownBy(() -> TextToImage.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + " is a StableDiffusionXLPipeline and lacks scheduler/scheduler_config.json,"
                        + " text_encoder_2/config.json, the weights of unet/, tokenizer/merges.txt or tokenizer.json");
    }

    @ParameterizedTest
    @CsvSource({
        "_class_name, FluxPipeline, a pipeline of the class 'FluxPipeline'",
        "unet, UNet2DModel, unet must be UNet2DConditionModel: 'UNet2DModel'",
        "vae, VQModel, vae must be AutoencoderKL or AutoencoderTiny: 'VQModel'",
        "text_encoder, T5EncoderModel, text_encoder must be CLIPTextModel or CLIPTextModelWithProjection: 'T5EncoderModel'"
    })
    void otherPipelinesAreRefusedByTheirClass(String part, String type, String reason) throws IOException {
        MadePipeline.write("sd1", folder);
        ObjectNode index = MadePipeline.GOLDEN.get("sd1").get("index").deepCopy();
        if (part.startsWith("_")) index.put(part, type);
        else index.putArray(part).add("diffusers").add(type);
        MadePipeline.json(folder.resolve("model_index.json"), index);
        assertThatThrownBy(() -> TextToImage.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }
}
