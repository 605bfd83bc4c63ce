package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.Control.Manner;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ControlNets of Stable Diffusion 3 against diffusers: bench/peers/golden_joint_files.py made what is compared with. */
class JointControlsTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/sd3_files.json");
    private static final JsonNode CONTROLS = GOLDEN.get("controls");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(CONTROLS.get("drawings"));
    }

    private JointPipeline open() throws IOException {
        Path pipeline = folder.resolve("pipeline");
        MadePipeline.write(Golden.json("latent/sd3.json").get("sd3"), pipeline);
        Files.delete(pipeline.resolve("tokenizer_3/merges.txt"));
        Files.copy(
                Path.of("src/test/resources/text/tiny-unigram.json"), pipeline.resolve("tokenizer_3/tokenizer.json"));
        return JointPipeline.open(PipelineFolder.open(pipeline));
    }

    private Path network(String name) throws IOException {
        Path to = folder.resolve(name);
        if (Files.exists(to)) return to;
        JsonNode made = CONTROLS.get("networks").get(name);
        MadePipeline.json(to.resolve("config.json"), made.get("config"));
        Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
        SafeTensors.write(to.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
        return to;
    }

    private static Picture picture(int i) {
        return Images.pictures(Images.ofPixels(FormulaWeights.pixels("picture" + i, 1, 3, 16, 24)))
                .get(0);
    }

    private static double number(JsonNode value, int index, double otherwise) {
        if (value == null) return otherwise;
        return value.isArray() ? value.get(index).asDouble() : value.asDouble();
    }

    private List<Control> controls(JsonNode drawing) throws IOException {
        JsonNode settings = drawing.get("settings");
        List<Control> controls = new ArrayList<>();
        for (JsonNode name : drawing.get("networks")) {
            int i = controls.size();
            controls.add(new Control(
                    network(name.asText()),
                    picture(i),
                    number(settings.get("controlnet_conditioning_scale"), i, 1),
                    number(settings.get("control_guidance_start"), i, 0),
                    number(settings.get("control_guidance_end"), i, 1)));
        }
        return controls;
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSameNoiseEndsAsInDiffusers(String name) throws IOException {
        JsonNode drawing = CONTROLS.get("drawings").get(name);
        JointPipeline model = open();
        Path pipeline = folder.resolve("pipeline");
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        int steps = GOLDEN.get("steps").asInt();
        var asked = Map.of("steps", "" + steps, "guidance", "4");
        ImageRequest request = new ImageRequest(
                prompt, model.settings(asked), 0, Canvas.of(24, 16, 4), Optional.empty(), controls(drawing));
        List<JointControls.Checked> checked = new ArrayList<>();
        for (Control control : request.controls()) checked.add(model.checked(control));
        List<Tensor> pictures = new ArrayList<>();
        PipelineFolder files = PipelineFolder.open(pipeline);
        try (var autoencoder = files.autoencoder(Precision.FP32)) {
            for (JointControls.Checked one : checked)
                pictures.add(one.picture(
                        request.canvas(), autoencoder.value(), files.config("vae"), Device.CPU.zeros(1, 4, 8, 12)));
        }
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 1, 4, 8, 12));
        try (var network = model.denoiser(EXACT);
                var controls = JointControls.read(checked, pictures, steps, EXACT)) {
            var evaluations = new JointPipeline.Evaluations(
                    network.value(),
                    FirstPictures.meanings(model, request, EXACT),
                    controls,
                    new Watched(Progress.SILENT, 1));
            Tensor latents = model.latents(evaluations, request, null, noise, Rng.images(0, 0, 1));
            FormulaWeights.check(latents, drawing.get("latents"), 1e-3);
        }
    }

    @Test
    void aPictureOfASeedIsSteeredTheSameHoweverManyAreDrawn() throws IOException {
        JointPipeline model = open();
        Prompt prompt = new Prompt("a bed", Optional.empty(), 0);
        Control control = new Control(network("told"), picture(0), 1, 0, 1);
        Map<String, String> asked = Map.of("steps", "2", "guidance", "1");
        var steered = new Wishes(prompt, asked, 7, 24, 16, Optional.empty(), List.of(control));
        var plain = new Wishes(prompt, asked, 7, 24, 16, Optional.empty());
        List<Picture> two = model.draw(steered, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two)
                .startsWith(model.draw(steered, 1, EXACT, Progress.SILENT)
                        .pictures()
                        .get(0));
        assertThat(two)
                .isNotEqualTo(model.draw(plain, 2, EXACT, Progress.SILENT).pictures());
    }

    @Test
    void aNetworkThatCannotSeeItsPictureIsClosed() throws IOException {
        JointControls.Checked checked = open().checked(new Control(network("told"), picture(0), 1, 0, 1));
        checked.network().read(Precision.FP32).close(); // what the first one of all leaves
        Tensor foreign = Device.CPU.zeros(1, 5, 8, 12);
        long before = Scope.live();
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> JointControls.read(List.of(checked), List.of(foreign), 2, EXACT))
                    .hasMessageStartingWith("the picture's latents must be (1, 4, h, w)");
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    private void refused(JointPipeline model, Control control, String... words) {
        assertThatThrownBy(() -> model.checked(control)).hasMessageContainingAll(words);
    }

    private void change(String name, Consumer<ObjectNode> change) throws IOException {
        Path file = network(name).resolve("config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(json);
        JSON.writeValue(file.toFile(), json);
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        JointPipeline model = open();
        Control control = new Control(network("told"), picture(0), 1, 0, 1);
        refused(model, new Control(control.network(), picture(0), 1, 0, 1, Manner.GUESSES), "and cannot guess");
        Path file = control.network().resolve("diffusion_pytorch_model.safetensors");
        refused(model, new Control(file, picture(0), 1, 0, 1), "and not from one file: " + file);
        change("told", json -> json.put("pooled_projection_dim", 23));
        refused(
                model,
                control,
                "is a ControlNet of another family",
                "whose vectors have 23, and the denoiser has 20 and 22");
        change("told", json -> json.put("in_channels", 5));
        refused(model, control, "latents with 5 channels in squares of 2, and the denoiser has 16, 4 and 2");
        change("told", json -> json.put("extra_conditioning_channels", 1));
        refused(model, control, "extra_conditioning_channels must be 0, others are not honoured: '1'");
        change("zeros", json -> json.put("num_layers", 3));
        JointControls.Checked other = model.checked(new Control(network("zeros"), picture(0), 1, 0, 1));
        assertThatThrownBy(() -> other.network().read(Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the weights of " + folder.resolve("zeros") + " are not those of its config");
    }
}
