package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.io.Progress;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Distilled models against diffusers: bench/peers/golden_guided.py made what is compared with. */
class FewStepPipelinesTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(MadePipeline.GUIDED).stream()
                .filter(name -> name.startsWith("lcm") || name.startsWith("turbo"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void fewStepsOfTheSameNoiseEndAsInDiffusersAfterAsManyCalls(String name) throws IOException {
        MadePipeline.writeGuided(name, folder);
        TextToImage model = TextToImage.open(folder);
        assertThat(model.notes()).isEmpty();
        JsonNode made = MadePipeline.GUIDED.get(name), arguments = made.get("arguments");
        Map<String, String> asked = Map.of(
                "steps", arguments.get("num_inference_steps").asText(),
                "guidance", arguments.get("guidance_scale").asText());
        Prompt prompt = new Prompt(
                MadePipeline.GUIDED.get("prompt").asText(),
                Optional.ofNullable(arguments.get("negative_prompt")).map(JsonNode::asText),
                0);
        ImageRequest request = new ImageRequest(prompt, model.settings(asked), 0, 24, 16);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 12));
        AtomicLong rows = new AtomicLong();
        Progress counting = new Progress() {
            @Override
            public void at(String what, long done, long total) {
                rows.incrementAndGet();
            }
        };
        try (var denoiser = DiffusersLatentUNet.read(folder.resolve("unet"), Precision.FP32)) {
            Conditions conditions = FirstPictures.conditions(model, request, EXACT);
            var evaluations =
                    new Drawing.Evaluations(denoiser.value(), conditions, Controls.none(), new Watched(counting, 1));
            Tensor latents = model.drawing(request).latents(evaluations, null, noise, Rng.images(0, 0, 2));
            FormulaWeights.check(latents, made.get("latents"), 1e-3);
            int each = made.get("calls").get(0).asInt();
            assertThat(conditions.guided()).isEqualTo(each == 4);
        }
        assertThat(rows).hasValue(made.get("calls").size());
    }

    @Test
    void aNegativeTextIsRefusedByADenoiserThatDoesTheGuidanceItself() throws IOException {
        MadePipeline.writeGuided("lcm", folder);
        TextToImage model = TextToImage.open(folder);
        Prompt prompt = new Prompt("a bed", Optional.of("a chair"), 0);
        Wishes wishes = new Wishes(prompt, Map.of(), 0, 24, 16, Optional.empty());
        assertThatThrownBy(() -> model.draw(wishes, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a negative text would do nothing in " + folder
                        + ", whose denoiser was distilled to do the guidance itself: a chair");
    }

    @Test
    void aDistilledModelDrawsInFourStepsWhereNobodySaysOtherwise() throws IOException {
        MadePipeline.writeGuided("lcm", folder);
        assertThat(TextToImage.open(folder).sampling())
                .hasToString("lcm, 4 steps, guidance 8.5, of 50 steps, clip none");
    }
}
