package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersControlNet;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.checkpoint.original.OriginalControlNet;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ControlNets against the pipelines of diffusers: bench/peers/golden_controls.py made what is compared with. */
class ControlsTest extends InScope {
    private static final JsonNode GOLDEN = Golden.json("latent/controls.json");
    private static final JsonNode CASES = GOLDEN.get("pipelines");
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    static Path made;

    static List<String> names() {
        return Golden.names(CASES);
    }

    /** A pipeline with its ControlNet in the folder {@code controlnet}. */
    private static Path once(String name) throws IOException {
        Path folder = made.resolve(name), network = folder.resolve("controlnet");
        if (Files.exists(folder)) return folder;
        JsonNode wanted = CASES.get(name);
        MadePipeline.write(wanted.get("base").asText(), folder);
        MadePipeline.json(folder.resolve("scheduler/scheduler_config.json"), wanted.get("scheduler"));
        MadePipeline.json(network.resolve("config.json"), wanted.get("config"));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = FormulaWeights.ofUNet(wanted.get("weights"));
            SafeTensors.write(network.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
        }
        return folder;
    }

    private static Picture picture(String name) {
        return Images.pictures(Images.ofPixels(FormulaWeights.pixels(name, 1, 3, 16, 24)))
                .get(0);
    }

    private static double number(JsonNode value, int index, double otherwise) {
        if (value == null) return otherwise;
        return value.isArray() ? value.get(index).asDouble() : value.asDouble();
    }

    private static List<Control> controls(Path network, JsonNode arguments) {
        List<Control> controls = new ArrayList<>();
        JsonNode scale = arguments.get("controlnet_conditioning_scale");
        for (int i = 0; i < (scale.isArray() ? scale.size() : 1); i++)
            controls.add(new Control(
                    network,
                    picture("control " + i),
                    number(scale, i, 1),
                    number(arguments.get("control_guidance_start"), i, 0),
                    number(arguments.get("control_guidance_end"), i, 1),
                    arguments.path("guess_mode").asBoolean() ? Control.Manner.GUESSES : Control.Manner.STEERS));
        return controls;
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSameNoiseEndsAsInDiffusers(String name) throws IOException {
        Path folder = once(name);
        TextToImage model = TextToImage.open(folder);
        JsonNode arguments = CASES.get(name).get("arguments");
        Map<String, String> asked = Map.of(
                "steps", arguments.get("num_inference_steps").asText(),
                "guidance", arguments.get("guidance_scale").asText());
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        Optional<GivenPicture> given = Optional.ofNullable(arguments.get("strength"))
                .map(strength -> new GivenPicture(picture("picture"), Optional.empty(), strength.asDouble()));
        ImageRequest request = new ImageRequest(
                prompt,
                model.settings(asked),
                0,
                Canvas.of(24, 16, 8),
                given,
                controls(folder.resolve("controlnet"), arguments));
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 12));
        SeenPicture seen = given.isEmpty() ? null : seen(folder, request);
        Drawing drawing = model.drawing(request);
        try (var denoiser = DiffusersLatentUNet.read(folder.resolve("unet"), Precision.FP32);
                Controls controls = model.controls(request, drawing.calls(), EXACT)) {
            var evaluations = new Drawing.Evaluations(
                    denoiser.value(),
                    FirstPictures.conditions(model, request, EXACT),
                    controls,
                    new Watched(Progress.SILENT, 1));
            Tensor latents = drawing.latents(evaluations, seen, noise, Rng.images(0, 0, 2));
            FormulaWeights.check(latents, CASES.get(name).get("latents"), 1e-3);
        }
    }

    private static SeenPicture seen(Path folder, ImageRequest request) throws IOException {
        Tensor posterior = FormulaWeights.unit("posterior", 1, 4, 8, 12).expand(2, 4, 8, 12);
        try (var autoencoder = DiffusersAutoencoder.read(folder.resolve("vae"), Precision.FP32)) {
            return SeenPicture.of(
                    autoencoder.value(), request.canvas(), request.given().orElseThrow(), posterior, null);
        }
    }

    private static List<Picture> draw(int count, Control... controls) throws IOException {
        Prompt prompt = new Prompt("a bed", Optional.empty(), 0);
        var wishes = new Wishes(prompt, Map.of("steps", "3"), 7, 24, 16, Optional.empty(), List.of(controls));
        return TextToImage.open(once("drawn"))
                .draw(wishes, count, EXACT, Progress.SILENT)
                .pictures();
    }

    private static Control control(double scale) throws IOException {
        return new Control(once("drawn").resolve("controlnet"), picture("control 0"), scale, 0, 1);
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawn() throws IOException {
        List<Picture> two = draw(2, control(1));
        assertThat(two).doesNotHaveDuplicates();
        assertThat(draw(1, control(1))).containsExactly(two.get(0));
        assertThat(draw(1)).doesNotContainAnyElementsOf(two);
        assertThat(draw(1, control(0))).isEqualTo(draw(1));
    }

    /** As its authors write it: every weight by its place in one network. How many heads and groups there are, no such file tells. */
    @Test
    void aFileInTheOriginalLayoutHasTheWeightsOfTheFolder() throws IOException {
        Path file = made.resolve("control.safetensors");
        Map<String, Tensor> ours = FormulaWeights.ofUNet(CASES.get("drawn").get("weights"));
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        ours.forEach((name, weight) -> theirs.put("control_model." + original(name), weight));
        theirs.put("model.diffusion_model.out.2.weight", Tensors.of(1.0)); // of the denoiser that it was trained with
        SafeTensors.write(file, theirs, Map.of());
        StoredNetwork found = OriginalControlNet.open(file);
        Map<String, StoredTensor> read = found.weights();
        assertThat(read).containsOnlyKeys(ours.keySet());
        for (String name : ours.keySet())
            assertThat(Tensors.doubles(read.get(name).read()))
                    .as(name)
                    .containsExactly(Tensors.doubles(ours.get(name)));
        JsonNode folder = CASES.get("drawn").get("config");
        for (String key : List.of(
                "in_channels",
                "conditioning_channels",
                "block_out_channels",
                "conditioning_embedding_out_channels",
                "down_block_types",
                "cross_attention_dim"))
            assertThat(found.config().get(key)).as(key).isEqualTo(folder.get(key));
    }

    /** Levels of one block each: every level has two places, a block with its attention, and what halves it. */
    private static String original(String name) {
        String found = name.replace("mid_block.resnets.0.", "middle_block.0.")
                .replace("mid_block.attentions.0.", "middle_block.1.")
                .replace("mid_block.resnets.1.", "middle_block.2.")
                .replace("time_embedding.linear_1.", "time_embed.0.")
                .replace("time_embedding.linear_2.", "time_embed.2.")
                .replace("controlnet_cond_embedding.conv_in.", "input_hint_block.0.")
                .replace("controlnet_cond_embedding.blocks.0.", "input_hint_block.2.")
                .replace("controlnet_cond_embedding.blocks.1.", "input_hint_block.4.")
                .replace("controlnet_cond_embedding.conv_out.", "input_hint_block.6.")
                .replaceAll("^controlnet_down_blocks\\.(\\d)\\.", "zero_convs.$1.0.")
                .replaceAll("^controlnet_mid_block\\.", "middle_block_out.0.")
                .replaceAll("^conv_in\\.", "input_blocks.0.0.");
        for (int level = 0; level < 3; level++)
            found = found.replace("down_blocks." + level + ".resnets.0.", "input_blocks." + (2 * level + 1) + ".0.")
                    .replace("down_blocks." + level + ".attentions.0.", "input_blocks." + (2 * level + 1) + ".1.")
                    .replace(
                            "down_blocks." + level + ".downsamplers.0.conv.",
                            "input_blocks." + (2 * level + 2) + ".0.op.");
        if (found.contains("attentions") || found.contains(".1.transformer")) return found;
        return found.replace(".norm1.", ".in_layers.0.")
                .replace(".conv1.", ".in_layers.2.")
                .replace(".time_emb_proj.", ".emb_layers.1.")
                .replace(".norm2.", ".out_layers.0.")
                .replace(".conv2.", ".out_layers.3.")
                .replace(".conv_shortcut.", ".skip_connection.");
    }

    @Test
    void oneOfAnotherFamilyIsRefusedBeforeAnythingIsDrawn() throws IOException {
        Control other = new Control(once("xl").resolve("controlnet"), picture("control 0"), 1, 0, 1);
        assertThatThrownBy(() -> draw(1, other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a ControlNet of another family: it is for texts whose tokens have 20 values"
                        + ", and the denoiser has 12");
        Path unet = once("drawn").resolve("unet");
        assertThatThrownBy(() -> draw(1, new Control(unet, picture("control 0"), 1, 0, 1)))
                .hasMessageContaining("_class_name must be ControlNetModel: '\"UNet2DConditionModel\"'");
        Path file = once("drawn").resolve("controlnet/diffusion_pytorch_model.safetensors");
        assertThatThrownBy(() -> draw(1, new Control(file, picture("control 0"), 1, 0, 1)))
                .hasMessageContaining("but the weights of one of diffusers: name its folder, which has a config.json");
        Path vae = once("drawn").resolve("vae/diffusion_pytorch_model.safetensors");
        assertThatThrownBy(() -> draw(1, new Control(vae, picture("control 0"), 1, 0, 1)))
                .hasMessageContaining("is no ControlNet in one file: it has no input_hint_block.0.weight");
    }

    @Test
    void weightsThatNoControlNetHasAreNamed() throws IOException {
        Path file = made.resolve("more.safetensors");
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        FormulaWeights.ofUNet(CASES.get("drawn").get("weights"))
                .forEach((name, weight) -> theirs.put(original(name), weight));
        theirs.put("input_hint_block.1.weight", Tensors.of(1.0));
        SafeTensors.write(file, theirs, Map.of());
        assertThatThrownBy(() -> draw(1, new Control(file, picture("control 0"), 1, 0, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "holds 1 weights that no ControlNet of Stable Diffusion has: 'input_hint_block.1.weight'");
    }

    @Test
    void aNetworkThatCannotSeeItsPictureIsClosed() throws IOException {
        Path network = once("drawn").resolve("controlnet");
        var checked = new Controls.Checked(control(1), DiffusersControlNet.of(StoredNetwork.in(network)));
        checked.network().read(Precision.FP32).close(); // what the first one of all leaves
        Canvas nothing = new Canvas(0, 0, 0, 0);
        long before = Scope.live();
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> Controls.read(List.of(checked), nothing, 2, EXACT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void strengthAndPartMustBeInTheirRanges() {
        assertThatThrownBy(() -> control(Double.NaN)).hasMessage("scale must be in -10..10: NaN");
        assertThatThrownBy(() -> new Control(made, picture("control 0"), 1, 0.5, 0.5))
                .hasMessage("from and to must be in 0..1, the first below the second: 0.5 and 0.5");
    }
}
