package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuningTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);
    private static final String LORA = "training.tune.method=lora training.tune.rank=4";

    @TempDir
    private static Path data;

    @TempDir
    private static Path bases;

    @TempDir
    private Path runs;

    private static Path base;

    @BeforeAll
    static void train() throws IOException {
        Tiny.pictures(data);
        base = Training.start(experiment("training.steps=3"), bases, TrainingObserver.SILENT)
                .run()
                .root();
    }

    private static DiffusionExperiment experiment(String overrides) {
        List<String> all = new ArrayList<>(List.of("data.source=" + data));
        for (String each : overrides.split(" (?=[a-z]+[A-Za-z.]*=)")) all.add(each.replace("SAME", data.toString()));
        return Tiny.experiment(all.toArray(String[]::new));
    }

    private static DiffusionExperiment tuned(String overrides) {
        return experiment("training.tune.from=" + base + " " + overrides);
    }

    private static Map<String, double[]> averages(Path run) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, double[]> values = new LinkedHashMap<>();
            TrainedFile.averages(run, TrainedFile.experiment(run))
                    .tensors()
                    .forEach((name, tensor) -> values.put(name, Tensors.doubles(tensor)));
            return values;
        }
    }

    private static double[] pixels(DrawsImages model) {
        SamplingSettings sampling = new SamplingSettings(SamplingSettings.Method.DDIM, 3, 0, 1);
        return Scope.read(() -> Tensors.doubles(
                model.drawing(new Request(sampling, 1, Request.ANY)).images(0, 2)));
    }

    private static double[] drawn(Path run, String... adapters) throws IOException {
        try (DrawsImages model = TrainedFile.open(run, List.of(adapters), Capability.DRAWS_IMAGES, PLACEMENT)) {
            return pixels(model);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "training.steps=4",
                "training.steps=4 " + LORA,
                "training.steps=4 training.tune.method=dora training.tune.rank=4 training.tune.rankDropout=0.3",
                "training.steps=4 training.tune.method=partial training.tune.layers=[out]",
                "training.steps=4 training.tune.rehearsal={source: SAME, share: 0.6, target: base}",
                "training.steps=4 training.tune.rehearsal={source: SAME, share: 0.6, target: base} " + LORA
            })
    void aResumedFineTuningEndsWhereAStraightOneDoes(String overrides) throws IOException {
        Training.Outcome straight = Training.start(tuned(overrides), runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(tuned(overrides), runs, TrainingTest.stoppingAfter(2));
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        assertThat(averages(resumed.run().root()))
                .usingRecursiveComparison()
                .isEqualTo(averages(straight.run().root()));
        assertThat(averages(resumed.run().root()).keySet())
                .isEqualTo(averages(base).keySet());
    }

    /** What learned with all of its weights has them; one of factors finds its base beside itself. */
    @ParameterizedTest
    @ValueSource(strings = {"training.steps=4", "training.steps=4 " + LORA})
    void aRunGoesOnWhereItsBaseHasMoved(String overrides) throws IOException {
        Path old = runs.resolve("old"), now = runs.resolve("now");
        Path own = Training.start(experiment("name=begun training.steps=3"), old, TrainingObserver.SILENT)
                .run()
                .root();
        DiffusionExperiment tuned = experiment("training.tune.from=" + own + " " + overrides);
        Training.Outcome straight = Training.start(tuned, now, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(tuned, now, TrainingTest.stoppingAfter(2));
        Files.move(own, tuned.training().tune().keepsBase() ? now.resolve(own.getFileName()) : runs.resolve("nowhere"));
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
    }

    /** What a distilled base once learned with is no part of what it answers. */
    @Test
    void aBaseThatIsRehearsedAnswersAsItIsWhateverGuidanceItsRecipeKeeps() throws IOException {
        String asked = "condition.by=label condition.dropout=0.5 training.steps=2";
        Path own = Training.start(experiment(asked + " name=told"), runs, TrainingObserver.SILENT)
                .run()
                .root();
        List<String> hashes = new ArrayList<>();
        for (int guidance : List.of(1, 3))
            hashes.add(Training.start(
                            experiment(asked + " training.tune.from=" + own + " distillation.guidance=" + guidance
                                    + " training.tune.rehearsal={source: SAME, share: 0.6, target: base}"),
                            runs,
                            TrainingObserver.SILENT)
                    .weightsHash());
        assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
    }

    /** A model that draws latents finds its autoencoder where both were moved to. */
    @Test
    void aRunInLatentsGoesOnWhereItsAutoencoderHasMoved() throws IOException {
        Path old = runs.resolve("old"), now = runs.resolve("now");
        Experiment autoencoder = Recipe.parse(
                "kind: autoencoder\ndata: {size: 16}\nnetwork: {latent: 3, widths: [8, 8], groups: 4}",
                List.of(
                        "name=squares",
                        "data.source=" + data,
                        "loss.perceptual=0",
                        "training.steps=1",
                        "training.minutes=0",
                        "training.batch=4",
                        "training.workers=1",
                        "training.precision=fp32"));
        Path squares =
                Training.start(autoencoder, old, TrainingObserver.SILENT).run().root();
        DiffusionExperiment latent = experiment("data.size=16 latent.autoencoder=" + squares + " training.steps=3");
        Training.Outcome straight = Training.start(latent, old, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(latent, old, TrainingTest.stoppingAfter(2));
        Files.createDirectories(now);
        for (Path run : List.of(squares, stopped.run().root())) Files.move(run, now.resolve(run.getFileName()));
        RunDirectory moved = RunDirectory.open(now.resolve(stopped.run().root().getFileName()));
        assertThat(Training.resume(moved, List.of(), TrainingObserver.SILENT).weightsHash())
                .isEqualTo(straight.weightsHash());
    }

    /** Before it has learned anything, a fine-tuned model is its base. */
    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "dora"})
    void aFineTuningBeginsWithTheAveragesOfItsBase(String method) throws IOException {
        Training.Outcome tuned = Training.start(
                tuned("training.steps=1 training.ema=[0.0] training.learningRate=1e-12 training.tune.rank=4"
                        + " training.tune.method=" + method),
                runs,
                TrainingObserver.SILENT);
        Map<String, double[]> before = averages(base),
                after = averages(tuned.run().root());
        before.forEach((name, values) -> assertThat(after.get(name)).as(name).containsExactly(values, within(1e-6)));
    }

    @Test
    void aCheckpointHoldsTheAdapterAloneAndTheBaseStaysAsItWas() throws IOException {
        Map<String, double[]> before = averages(base);
        Path run =
                Training.start(tuned(LORA), runs, TrainingObserver.SILENT).run().root();
        Path file = new CheckpointFolder(run.resolve("checkpoints"), 1).latest().orElseThrow();
        try (PointerScope scope = new PointerScope()) {
            assertThat(Checkpoint.read(file).tensors().keySet())
                    .allMatch(name -> name.contains(".lora_A.") || name.contains(".lora_B."));
        }
        Path whole =
                new CheckpointFolder(base.resolve("checkpoints"), 1).latest().orElseThrow();
        assertThat(Files.size(file)).isLessThan(Files.size(whole) / 2);
        assertThat(averages(base)).usingRecursiveComparison().isEqualTo(before);
        assertThat(drawn(run)).isNotEqualTo(drawn(base));
    }

    @Test
    void anAdapterAddedToItsBaseIsTheFineTunedModel() throws IOException {
        Path run =
                Training.start(tuned(LORA), runs, TrainingObserver.SILENT).run().root();
        Path other = Training.start(tuned(LORA + " seed=9"), runs, TrainingObserver.SILENT)
                .run()
                .root();
        assertThat(drawn(base, run.toString())).containsExactly(drawn(run), within(1e-6));
        assertThat(drawn(base, run + ":0")).containsExactly(drawn(base), within(1e-6));
        assertThat(drawn(base, run.toString(), other + ":0.5")).isNotEqualTo(drawn(run));
        assertThatThrownBy(() -> drawn(base, base.toString()))
                .isInstanceOf(IOException.class)
                .hasMessage(base + " is a whole model and no adapter: it was not trained with training.tune.method");
    }

    @Test
    void aModelWhoseBaseIsGoneOrAnotherIsRefused() throws IOException {
        Path own = Training.start(experiment("training.steps=2 name=own"), runs, TrainingObserver.SILENT)
                .run()
                .root();
        Path run = Training.start(
                        experiment("name=tuned training.tune.from=" + own + " training.steps=2 " + LORA),
                        runs,
                        TrainingObserver.SILENT)
                .run()
                .root();
        double[] before = drawn(run);
        Path moved = Files.move(own, runs.resolve("moved"));
        assertThatThrownBy(() -> drawn(run))
                .isInstanceOf(IOException.class)
                .hasMessage("the base " + own + " is not there any more, nor beside " + run
                        + ": put it there under its name");
        Files.move(moved, own);
        assertThat(drawn(run)).isEqualTo(before);
        Training.resume(RunDirectory.open(own), List.of("training.steps=3"), TrainingObserver.SILENT);
        assertThatThrownBy(() -> drawn(run))
                .isInstanceOf(IOException.class)
                .hasMessage(own + " is not the base that tuned began with: its weights are others");
    }

    /** Of almost nothing else is learned: the answers of the base say to stay, but for dropout; the noise over pictures moves it. */
    @Test
    void whatIsRehearsedByTheBaseMovesItLess() throws IOException {
        String few =
                "training.steps=6 training.learningRate=0.01 training.tune.rehearsal={source: SAME, share: 0.99, target: ";
        double[] own = drawn(base);
        double byBase = distance(own, drawn(run(few + "base}"))),
                byPictures = distance(own, drawn(run(few + "pictures}")));
        assertThat(byBase).isLessThan(0.7 * byPictures);
    }

    private Path run(String overrides) throws IOException {
        return Training.start(tuned(overrides), runs, TrainingObserver.SILENT)
                .run()
                .root();
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.sqrt(sum);
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertRefused(
                LORA + " training.tune.layers=[nothing]",
                "layers must name weights of the network, of which there are");
        assertRefused(
                "training.tune.method=lora training.tune.rank=500", "rank must be at most the width of a weight: 500");
        assertRefused(LORA + " training.tune.adapters=[x]", "training.tune.adapters must be empty in a training");
        assertRefused(
                "process.variance=learned-range process.loss=vlb training.tune.rehearsal={source: SAME, share: 0.5, target: base}",
                "training.tune.rehearsal.target must be pictures in this training, which cannot ask its base: base");
        assertRefused(
                LORA + " training.tune.rates=[nothing=0.5]", "rates must name how weights begin that learn: nothing");
        assertRefused(
                LORA + " training.tune.rates=[time_embed.0.weight=0.5]", // of which the factors learn
                "rates must name how weights begin that learn: time_embed.0.weight");
        assertRefused("network.channels=64", "network.channels must be that of " + base + ", 32: 64");
        assertThatThrownBy(() -> experiment("training.tune.method=lora"))
                .hasMessageContaining("method must be full where from names no base: LORA");
        assertThatThrownBy(() -> Training.start(
                        experiment("training.tune.from=" + runs.resolve("none")), runs, TrainingObserver.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessage("the base " + runs.resolve("none") + " is not there");
    }

    @Test
    void aStudentIsNotDistilledAgainUnasked() throws IOException {
        Experiment student =
                tuned("distillation.steps=1 training.tune.method=full name=student process.parameterization=velocity");
        Path run = Files.createDirectories(runs.resolve("student"));
        Files.writeString(RunDirectory.at(run).experimentFile(), Recipe.write(student));
        assertThatThrownBy(() -> FineTuning.recipe(run, data.toString(), Method.LORA, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("distillation.steps must be said where the base draws in few steps: with 0 its pictures are"
                        + " learned at all steps, and with another number it is distilled again: " + run);
        Experiment all = FineTuning.recipe(run, data.toString(), Method.LORA, List.of("distillation.steps=0"));
        assertThat(((DiffusionExperiment) all).distillation().steps()).isZero();
    }

    private void assertRefused(String overrides, String message) {
        Experiment experiment = tuned(overrides);
        assertThatThrownBy(() -> Training.start(experiment, runs, TrainingObserver.SILENT))
                .hasMessageContaining(message);
        assertThat(runs).isEmptyDirectory();
    }
}
