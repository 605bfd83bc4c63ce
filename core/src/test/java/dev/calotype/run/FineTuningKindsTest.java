package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Tiny;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind whose gradients move one network learns from a base, in factors of its weights. */
@Tag("slow")
class FineTuningKindsTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);
    private static final String SHORT =
            "training: {minutes: 0, steps: 2, batch: 4, workers: 2, precision: fp32, warmup: 0, ema: [0.5]}\n";

    @TempDir
    private Path folder;

    private Experiment small(String recipe) {
        return Recipe.parse(recipe.replace(';', '\n') + "\n" + SHORT, List.of());
    }

    private Path trained(Experiment experiment) throws IOException {
        return Training.start(experiment, folder.resolve("runs"), TrainingObserver.SILENT)
                .run()
                .root();
    }

    private Path tuned(Path base, String data, String... overrides) throws IOException {
        List<String> all = new java.util.ArrayList<>(List.of("training.steps=2", "training.tune.rank=2"));
        all.addAll(List.of(overrides));
        return trained(FineTuning.recipe(base, data, Method.LORA, all));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: clip; data: {size: 32}; image: {patch: 8, width: 32, depth: 1, heads: 2};"
                        + " text: {pairs: 300, context: 64, width: 32, depth: 1, heads: 2}; embedding: 16",
                "kind: autoencoder; data: {size: 32}; network: {latent: 3, widths: [8, 8], groups: 4};"
                        + " loss: {perceptual: 0, adversarial: {weight: 0.5, start: 1, width: 8, layers: 2}}",
                "kind: denoiser; data: {source: 'rooms:train', size: 32}; network: {widths: [16, 16, 16], blocks: [1, 1, 1]}"
            })
    void aModelThatWasFineTunedOpens(String recipe) throws IOException {
        Path base = trained(small(recipe.replace("; ", ";")));
        Path run = tuned(base, "rooms:seen");
        try (TrainedModel model = TrainedFile.open(run, PLACEMENT);
                TrainedModel before = TrainedFile.open(base, PLACEMENT)) {
            assertThat(model.hash()).isNotEqualTo(before.hash());
            assertThat(model.step()).isEqualTo(2);
        }
    }

    /** At the usual rank the layer that pictures come out of, which has three rows, is frozen. */
    @Test
    void anAutoencoderWhoseLastLayerIsFrozenPlaysWithItsDiscriminator() throws IOException {
        Path base = trained(small("kind: autoencoder;data: {size: 32};network: {latent: 3, widths: [8, 8], groups: 4};"
                + "loss: {perceptual: 0, adversarial: {weight: 0.5, start: 1, width: 8, layers: 2}}"));
        Path run = tuned(base, "rooms:seen", "training.tune.rank=8");
        try (TrainedModel model = TrainedFile.open(run, PLACEMENT)) {
            assertThat(model.step()).isEqualTo(2);
        }
    }

    /** Folders that are no class of the base become new ones, and the head has a row more. */
    @Test
    void aClassifierLearnsAClassMore() throws IOException {
        Path known = Tiny.pictures(folder.resolve("known")), more = Tiny.pictures(folder.resolve("more"));
        Files.move(more.resolve("bright"), more.resolve("glowing"));
        Path base = trained(
                small(
                        "kind: classifier;data: {source: '" + known + "', size: 16};"
                                + "network: {patch: 4, width: 32, depth: 1, heads: 2, hidden: 64};test: {source: '', duringTraining: 8}"));
        Path run = tuned(base, more.toString());
        assertThat(TrainedFile.experiment(run).classes()).containsExactly("bright", "dark", "glowing");
        try (TrainedModel model = TrainedFile.open(run, PLACEMENT)) {
            assertThat(model.experiment().classes()).hasSize(3);
        }
    }

    /** What it has learned lies in the coordinates of what it learned from, and the pictures of another data set lie elsewhere. */
    @Test
    void aPriorKeepsTheCoordinatesOfItsBase() throws IOException {
        Path clip = trained(small("kind: clip;data: {size: 32};image: {patch: 8, width: 32, depth: 1, heads: 2};"
                + "text: {pairs: 50, context: 64, width: 32, depth: 1, heads: 2};embedding: 8"));
        Path base = trained(small("kind: prior;method: eclipse;encoder: " + clip + ";data: {size: 32};pairs: 24;"
                + "test: {pairs: 8};network: {width: 32, depth: 1, heads: 2}"));
        String some = "rooms:guest:40", still = "training.learningRate=1e-9";
        Path run = tuned(base, some, still), again = tuned(run, some, still, "training.tune.method=full");
        try (EncoderFile encoder = EncoderFile.open(clip, PLACEMENT)) {
            float[] before = told(base, encoder);
            assertThat(told(run, encoder)).containsExactly(before, Offset.offset(1e-5f));
            assertThat(told(again, encoder)).containsExactly(before, Offset.offset(1e-5f));
        }
        Path ridge = trained(Recipe.parse(
                "kind: prior\nmethod: ridge\nencoder: " + clip + "\ndata: {size: 32}\npairs: 24\n"
                        + "test: {pairs: 8}\ntraining: {minutes: 0, steps: 1, precision: fp32}\n",
                List.of()));
        assertThatThrownBy(() -> tuned(ridge, some, "method=eclipse"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("training.tune.from must be a prior with a network, not one of the method ridge: " + ridge);
    }

    private static float[] told(Path prior, EncoderFile encoder) throws IOException {
        try (PredictsEmbeddings model = TrainedFile.open(prior, Capability.PREDICTS_EMBEDDINGS, PLACEMENT)) {
            return Scope.read(() -> Tensors.floats(model.predict(encoder.encoder(), List.of("the wall is red"), 0, 0)));
        }
    }

    @Test
    void whatTwoNetworksPlayOrAFormulaSolvesIsRefused() throws IOException {
        Path base =
                trained(Tiny.experiment("data.source=" + Tiny.pictures(folder.resolve("known")), "training.steps=1"));
        for (String recipe : List.of("kind: gan", "kind: prior;method: ridge;encoder: none"))
            assertThatThrownBy(() -> trained(Recipe.parse(
                            recipe.replace(';', '\n'),
                            List.of("training.tune.from=" + base, "training.steps=1", "training.minutes=0"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "training.tune.from must be empty, since models of kind (gan|prior) such as this one"
                                    + " cannot be tuned: .*");
        assertThatThrownBy(() -> trained(
                        Recipe.parse("kind: denoiser", List.of("training.tune.from=" + base, "data.source=rooms"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "training.tune.from must be a model of kind denoiser, and " + base + " is of kind diffusion");
    }
}
