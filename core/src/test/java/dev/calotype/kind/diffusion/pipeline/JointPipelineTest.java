package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.t5.TransformersT5;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_stable_diffusion_3.py made what is compared with. */
class JointPipelineTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/sd3.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path write(double shift) throws IOException {
        MadePipeline.writeJoint(folder, shift);
        return folder;
    }

    private void change(String file, Consumer<ObjectNode> change) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(folder.resolve(file).toFile());
        change.accept(json);
        JSON.writeValue(folder.resolve(file).toFile(), json);
    }

    private void withoutT5() throws IOException {
        change("model_index.json", index -> {
            for (String part : List.of("text_encoder_3", "tokenizer_3"))
                index.putArray(part).addNull().addNull();
        });
    }

    private JointPipeline open() throws IOException {
        return JointPipeline.open(PipelineFolder.open(folder));
    }

    @ParameterizedTest
    @CsvSource({"sd3,3", "sd3_negative,1", "sd3_without_t5,3"})
    void theSameNoiseEndsAsInDiffusers(String name, double shift) throws IOException {
        write(shift);
        if (name.endsWith("without_t5")) withoutT5();
        JsonNode made = GOLDEN.get(name), arguments = made.get("arguments");
        JointPipeline model = open();
        Map<String, String> asked = Map.of(
                "steps", arguments.get("num_inference_steps").asText(),
                "guidance", arguments.get("guidance_scale").asText());
        Prompt prompt = new Prompt(
                GOLDEN.get("prompt").asText(),
                Optional.ofNullable(arguments.get("negative_prompt")).map(JsonNode::asText),
                arguments.path("clip_skip").asInt(0));
        ImageRequest request = new ImageRequest(prompt, model.settings(asked), 0, 24, 16);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 12));
        List<Meaning> meanings = FirstPictures.meanings(model, request, EXACT);
        try (var network = model.denoiser(EXACT);
                var autoencoder = DiffusersAutoencoder.read(folder.resolve("vae"), Precision.FP32)) {
            Watched watched = new Watched(Progress.SILENT, 1);
            var asking = new JointPipeline.Evaluations(network.value(), meanings, JointControls.none(), watched);
            Tensor latents = model.latents(asking, request, null, noise, Rng.images(0, 0, 2));
            FormulaWeights.check(latents, made.get("latents"), 1e-3);
            FormulaWeights.check(autoencoder.value().decode(latents), made.get("images"), 1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource({"sd3,3", "sd3_negative,1", "sd3_without_t5,3"})
    void noiseFallsAsInDiffusers(String name, double shift) {
        double[] theirs = Golden.doubles(GOLDEN.get(name).get("sigmas"));
        double[] ours = new FlowSchedule(1000, shift).sigmas(theirs.length - 1);
        assertThat(ours).containsExactly(Arrays.copyOf(theirs, ours.length), within(1e-6));
    }

    @Test
    void t5ReadsAsInTransformers() throws IOException {
        write(3);
        try (Tokenizer tokenizer = Tokenizers.open(folder.resolve("tokenizer_3"), TextCleaning.TRANSFORMERS);
                var t5 = TransformersT5.read(StoredNetwork.in(folder.resolve("text_encoder_3")), Precision.FP32)) {
            int[] ids =
                    tokenizer.rows(List.of(GOLDEN.get("prompt").asText()), 16).ids();
            assertThat(ids).containsExactly(Golden.ints(GOLDEN.get("t5").get("ids")));
            FormulaWeights.check(
                    t5.value().forward(Tensors.of(ids).reshape(1, 16)),
                    GOLDEN.get("t5").get("states"),
                    1e-4);
        }
    }

    /** As many steps as diffusers' image-to-image pipeline of this family takes: its others take one less where the share is broken. */
    @ParameterizedTest
    @ValueSource(strings = {"10 0.55", "4 0.5", "10 1.0"})
    void aPictureIsDrawnAnewInAsManyStepsAsInDiffusers(String asked) throws IOException {
        JointPipeline model = JointPipeline.open(PipelineFolder.open(write(3)));
        String[] parts = asked.split(" ");
        Picture grey = new Picture(16, 16, 3, new byte[3 * 16 * 16]);
        List<Long> calls = new ArrayList<>();
        Progress counting = (what, done, all) -> {
            if (what.equals("denoising")) calls.add(done);
        };
        var request = new Wishes(
                new Prompt("a bed", Optional.empty(), 0),
                Map.of("steps", parts[0], "guidance", "1"),
                3,
                16,
                16,
                Optional.of(new GivenPicture(grey, Optional.empty(), Double.parseDouble(parts[1]))));
        List<Picture> drawn = model.draw(request, 1, EXACT, counting).pictures();
        assertThat(drawn).hasSize(1);
        assertThat(calls).hasSize(GOLDEN.get("taken").get(asked).asInt());
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawnAndItsPartsAreTold() throws IOException {
        write(3);
        JointPipeline model = open();
        var request = new Wishes(
                new Prompt("a (red:1.3) bed", Optional.of("a rug"), 0),
                Map.of("steps", "2"),
                7,
                16,
                8,
                Optional.empty());
        List<Picture> two = model.draw(request, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two)
                .startsWith(model.draw(request, 1, EXACT, Progress.SILENT)
                        .pictures()
                        .get(0));
        assertThat(two).doesNotHaveDuplicates();
        PipelineInventory told = new StableDiffusionPipelines().inventory(folder);
        assertThat(told.parts())
                .extracting(PipelineInventory.Part::name)
                .containsExactly("transformer", "vae", "text_encoder", "text_encoder_2", "text_encoder_3");
        assertThat(told.sampling()).isEqualTo("euler, 28 steps, guidance 7.0, clip none");
        assertThat(told.size()).containsExactly(16, 16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"attn.to_q.weight", "attn.add_v_proj.bias"})
    void aPartOfAnAttentionThatIsLackingIsSaidWithItsFolder(String part) throws IOException {
        write(3);
        Path file = folder.resolve("transformer/diffusion_pytorch_model.safetensors");
        Map<String, Tensor> weights = new LinkedHashMap<>(SafeTensors.read(file).tensors());
        assertThat(weights.remove("transformer_blocks.0." + part)).isNotNull();
        SafeTensors.write(file, weights, Map.of("format", "pt"));
        assertThatThrownBy(() -> open().denoiser(EXACT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot use " + folder.resolve("transformer") + ": blocks.0.")
                .hasMessageEndingWith("lacks its queries, keys or values");
    }

    @ParameterizedTest
    @CsvSource({"AutoencoderKL, 8", "AutoencoderTiny, 64"})
    void anAutoencoderThatDoesNotSayItsLevelsHasThoseOfDiffusers(String type, int side) throws IOException {
        write(3);
        change("vae/config.json", json -> json.put("_class_name", type).remove("block_out_channels"));
        change(
                "model_index.json",
                index -> index.putArray("vae").add("diffusers").add(type));
        assertThat(open().size()).containsExactly(side, side);
    }

    @Test
    void whatIsMissingOrNotHonouredIsSaid() throws IOException {
        write(3);
        JointPipeline model = open();
        assertThatThrownBy(() -> model.settings(Map.of("sampler", "dpm++")))
                .hasMessageStartingWith("the sampler of Stable Diffusion 3 must be euler");
        assertThatThrownBy(() -> model.requireSize(18, 16))
                .hasMessage("width must be a multiple of 4 up to 16384, and the nearest are 16 and 20: 18");
        assertThatThrownBy(() -> model.requireSize(64, 16))
                .hasMessage("width must be at most 32, which the table of positions has: 64");
        Files.delete(folder.resolve("tokenizer_3/tokenizer.json"));
        assertThatThrownBy(this::open)
                .hasMessageContaining("lacks tokenizer_3/tokenizer.json, which AutoTokenizer of transformers writes");
        withoutT5();
        change("scheduler/scheduler_config.json", json -> json.put("use_dynamic_shifting", true));
        assertThatThrownBy(this::open)
                .hasMessageEndingWith("use_dynamic_shifting of the scheduler must be false, it is not honoured: true");
        change("scheduler/scheduler_config.json", json -> json.put("_class_name", "DDIMScheduler"));
        assertThatThrownBy(this::open)
                .hasMessageContaining("scheduler must be FlowMatchEulerDiscreteScheduler: 'DDIMScheduler'");
    }
}
