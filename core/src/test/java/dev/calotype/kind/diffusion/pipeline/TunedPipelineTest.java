package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.data.ContentHash;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.run.Adapters;
import dev.calotype.run.Preflight;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pipelines of others that learn: runs, their adapters, and what is refused. */
class TunedPipelineTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final List<String> SHORT = List.of(
            "training.steps=2",
            "training.batch=2",
            "training.workers=1",
            "training.precision=fp32",
            "training.learningRate=0.02",
            "training.ema=[0.5]",
            "training.tune.rank=2",
            "training.tune.alpha=4");

    @TempDir
    static Path made;

    @TempDir
    Path runs;

    private static Path pipeline, gems;

    @BeforeAll
    static void make() throws IOException {
        pipeline = made.resolve("sd1");
        MadePipeline.write("sd1_ddim", pipeline);
        gems = Files.createDirectory(made.resolve("gems"));
        for (int i = 0; i < 3; i++) {
            picture(gems.resolve(i + ".png"), 18 + i, 24);
            Files.writeString(gems.resolve(i + ".txt"), "a (red) gem " + i);
        }
    }

    private static void picture(Path file, int width, int height) throws IOException {
        byte[] pixels = new byte[3 * width * height];
        Rng rng = Rng.of(width);
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextInt(256);
        PngFile.write(file, new Picture(width, height, 3, pixels));
    }

    private static PipelineExperiment recipe(Path from, Path data, Method method, String... more) throws IOException {
        List<String> all = new ArrayList<>(SHORT);
        all.addAll(List.of(more));
        return TunablePipeline.recipe(from, data.toString(), method, all);
    }

    private static TrainingObserver stoppingAfter(long steps) {
        return new TrainingObserver() {
            private long made;

            @Override
            public void step(TrainingStatus status) {
                made = status.report().step();
            }

            @Override
            public boolean stopRequested() {
                return made >= steps;
            }
        };
    }

    private Training.Outcome trained(PipelineExperiment experiment) throws IOException {
        return Training.start(experiment, runs, TrainingObserver.SILENT);
    }

    /** A run, whose weights are those of one that was stopped and gone on with. */
    private Path goneOnWith(PipelineExperiment recipe) throws IOException {
        Training.Outcome straight = trained(recipe);
        Training.Outcome stopped = Training.start(recipe, runs, stoppingAfter(1));
        assertThat(Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT)
                        .weightsHash())
                .isEqualTo(straight.weightsHash());
        return straight.run().root();
    }

    private static void requireAlike(byte[] own, byte[] exported) {
        for (int i = 0; i < own.length; i++)
            assertThat(Math.abs((own[i] & 255) - (exported[i] & 255))).isLessThan(2);
    }

    private static byte[] drawn(Path model, Adapter... adapters) throws IOException {
        Additions none = Additions.NONE;
        Additions additions = new Additions(
                none.tokenizer(), none.prediction(), none.weights(), List.of(adapters), none.embeddings());
        TextPipeline opened = new StableDiffusionPipelines().open(model, additions);
        var wishes = new TextPipeline.Wishes(
                new Prompt("a red gem", Optional.empty(), 0), Map.of("steps", "2"), 3, 16, 16, Optional.empty());
        return opened.draw(wishes, 1, EXACT, Progress.SILENT).pictures().get(0).pixels();
    }

    @ParameterizedTest
    @CsvSource({"LORA,", "DORA,", "PARTIAL,training.tune.layers=[attn2]"})
    void aTrainingThatGoesOnEndsInTheSameWeightsAndOwnsWhatItLearnedAlone(Method method, String more)
            throws IOException {
        PipelineExperiment recipe = recipe(pipeline, gems, method, more == null ? "seed=1" : more);
        Training.Outcome straight = trained(recipe);
        Training.Outcome stopped = Training.start(recipe, runs, stoppingAfter(1));
        assertThat(stopped.step()).isEqualTo(1);
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        assertThat(TunedRun.open(resumed.run().root()).learned().keySet())
                .allMatch(name -> name.contains("lora_") || name.contains("told."));
    }

    @Test
    void aTrainingGoesOnBesideItsPipelineWhereBothHaveMoved() throws IOException {
        Path old = Files.createDirectory(runs.resolve("old")), now = Files.createDirectory(runs.resolve("now"));
        Path from = old.resolve("sd1");
        MadePipeline.write("sd1_ddim", from);
        Training.Outcome straight = trained(recipe(from, gems, Method.LORA));
        Training.Outcome stopped = Training.start(recipe(from, gems, Method.LORA), old, stoppingAfter(1));
        for (Path each : List.of(from, stopped.run().root())) Files.move(each, now.resolve(each.getFileName()));
        RunDirectory moved = RunDirectory.open(now.resolve(stopped.run().root().getFileName()));
        assertThat(Training.resume(moved, List.of(), TrainingObserver.SILENT).weightsHash())
                .isEqualTo(straight.weightsHash());
    }

    /** The scale of latents stands in no weight. */
    @Test
    void aTrainingKnowsTheAutoencoderThatItBeganWith() throws IOException {
        Path from = runs.resolve("sd1"), config = from.resolve("vae/config.json");
        MadePipeline.write("sd1_ddim", from);
        RunDirectory run = Training.start(recipe(from, gems, Method.LORA), runs, stoppingAfter(1))
                .run();
        ContentHash before = new ContentHash();
        for (String part : List.of("unet", "text_encoder")) before.add(part).addFiles(from.resolve(part));
        String recipe = Files.readString(run.experimentFile()), hash = new StableDiffusionPipelines().fingerprint(from);
        assertThat(recipe).contains(hash);
        String changed =
                Files.readString(config).replaceFirst("\"scaling_factor\": ?[0-9.]+", "\"scaling_factor\": 0.5");
        Files.writeString(config, changed);
        assertThatThrownBy(() -> Training.resume(run, List.of(), TrainingObserver.SILENT))
                .hasMessageContaining("is not the pipeline that ");
        Files.writeString(run.experimentFile(), recipe.replace(hash, before.hex()));
        assertThat(Training.resume(run, List.of(), TrainingObserver.SILENT).finished())
                .as("as a run of before, which knew denoiser and text encoder alone")
                .isTrue();
    }

    /** By the run, by the run as an adapter, and by the file that other programs load. */
    @ParameterizedTest
    @CsvSource({"LORA", "DORA"})
    void whatWasLearnedDrawsTheSameHoweverItIsGiven(Method method) throws IOException {
        Path run = trained(recipe(pipeline, gems, method)).run().root(), file = runs.resolve("gem.safetensors");
        Adapters.export(run, file);
        assertThat(Adapters.summary(file).alpha().values())
                .hasSizeGreaterThan(1)
                .containsOnly(2.0);
        byte[] own = drawn(run);
        assertThat(own).isNotEqualTo(drawn(pipeline));
        assertThat(drawn(pipeline, new Adapter(run, 1))).isEqualTo(own);
        byte[] exported = drawn(pipeline, new Adapter(file, 1));
        requireAlike(own, exported);
        assertThat(SafeTensors.read(file).metadata().get("lora_adapter_metadata"))
                .contains("\"unet.lora_alpha\":2", "\"unet.r\":2");
    }

    @ParameterizedTest
    @CsvSource({"LORA,seed=1", "DORA,'training.tune.layers=[\"*\"]'"})
    void stableDiffusion3LearnsAndDrawsAsTheOthersDo(Method method, String more) throws IOException {
        Path from = runs.resolve("sd3"), file = runs.resolve("gem.safetensors");
        MadePipeline.writeJoint(from, 3);
        PipelineExperiment recipe = recipe(from, gems, method, more);
        assertThat(new PipelineKind().memory(recipe)).isPresent();
        Path run = goneOnWith(recipe);
        Adapters.export(run, file);
        assertThat(SafeTensors.read(file).tensors().keySet())
                .anyMatch(name -> name.startsWith("transformer.transformer_blocks.0.attn.add_k_proj.lora_A"));
        byte[] own = drawn(run), exported = drawn(from, new Adapter(file, 1));
        assertThat(own).isNotEqualTo(drawn(from));
        requireAlike(own, exported);
    }

    @ParameterizedTest
    @CsvSource({
        "PARTIAL,seed=1,training.tune.method must be lora or dora with Stable Diffusion 3: partial",
        "LORA,texts.encoders=learned,texts.encoders must be frozen and texts.word.token empty with Stable Diffusion 3",
        "LORA,noise.minSnrGamma=5,noise.minSnrGamma must be 0 with Stable Diffusion 3",
        "LORA,training.tune.whole=[norm1.linear],training.tune.whole must be empty with Stable Diffusion 3"
    })
    void whatStableDiffusion3DoesNotLearnIsSaid(Method method, String more, String why) throws IOException {
        Path from = runs.resolve("sd3");
        MadePipeline.writeJoint(from, 3);
        assertThatThrownBy(() -> recipe(from, gems, method, more)).hasMessageContaining(why);
    }

    /** Exactly again after a stop, and drawn with by the run and by the file, in which each part has diffusers' names. */
    @ParameterizedTest
    @CsvSource({"sd1_ddim,LORA", "xl,DORA"})
    void textEncodersLearnBesideTheDenoiserAtARateOfTheirOwn(String base, Method method) throws IOException {
        Path from = runs.resolve(base), file = runs.resolve("gem.safetensors");
        MadePipeline.write(base, from);
        PipelineExperiment recipe = recipe(from, gems, method, "texts.encoders=learned");
        Path run = goneOnWith(recipe);
        Adapters.export(run, file);
        List<String> prefixes = base.equals("xl")
                ? List.of("unet.", "text_encoder.encoder.layers.0.", "text_encoder_2.text_model.encoder.layers.2.")
                : List.of("unet.", "text_encoder.encoder.layers.2.");
        for (String prefix : prefixes)
            assertThat(SafeTensors.read(file).tensors().keySet()).anyMatch(name -> name.startsWith(prefix));
        byte[] own = drawn(run), exported = drawn(from, new Adapter(file, 1));
        requireAlike(own, exported);
        PipelineExperiment still =
                recipe(from, gems, method, "texts.encoders=learned", "training.tune.rates=[text_encoder=0]");
        Path other = trained(still).run().root();
        for (Map.Entry<String, StoredTensor> factor :
                TunedRun.open(other).learned().entrySet())
            if (factor.getKey().matches("text_encoder.*lora_B.*"))
                assertThat(Tensors.doubles(factor.getValue().read())).containsOnly(0);
        assertThat(drawn(other)).isNotEqualTo(own);
    }

    @Test
    void textEncodersThatWouldNotLearnAreRefused() {
        String learned = "texts.encoders=learned";
        assertThatThrownBy(() -> recipe(pipeline, gems, Method.FULL, learned))
                .hasMessageContaining(
                        "texts.encoders must be frozen where training.tune.method is neither lora nor" + " dora: full");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, "training.tune.rates=[text_encoder=0.5]")))
                .hasMessageContaining("training.tune.rates must name how weights begin that learn: text_encoder");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, learned, "training.tune.layers=[to_q]")))
                .hasMessageContaining("layers must name some of text_encoder where texts.encoders is learned");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, learned, "training.tune.whole=[fc1]")))
                .hasMessageContaining("whole must name no weights of text_encoder");
    }

    @Test
    void wholeWeightsAreDrawnWithAndAreNoAdapter() throws IOException {
        Path run = trained(recipe(pipeline, gems, Method.PARTIAL, "training.tune.layers=[attn1, conv_in]"))
                .run()
                .root();
        assertThat(drawn(run)).isNotEqualTo(drawn(pipeline));
        assertThatThrownBy(() -> Adapters.export(run, runs.resolve("x.safetensors")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has learned whole weights, which no adapter holds");
        assertThatThrownBy(() -> Adapters.merge(run, List.of(), runs.resolve("x.safetensors")))
                .hasMessageContaining("the command imagine draws with it as it is");
        assertThatThrownBy(() -> recipe(run, gems, Method.LORA))
                .hasMessageContaining("what was fine-tuned is not tuned once more");
    }

    @Test
    void whatCannotBeLearnedIsRefusedInOneSentence() throws IOException {
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, "training.tune.rank=17")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("rank must be at most 1[26], the width of unet\\..*: 17");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, "training.tune.layers=[to_z]")))
                .hasMessageContaining("layers must name weights of the network");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, "data.size=18")))
                .hasMessageContaining("width must be a multiple of");
        assertThatThrownBy(() -> recipe(pipeline, gems, Method.LORA, "data.flip=random"))
                .hasMessageContaining("must leave pictures as they are");
        assertThatThrownBy(() -> recipe(made.resolve("nowhere"), gems, Method.LORA))
                .hasMessageContaining("is not there");
        Path silent = Files.createDirectory(runs.resolve("silent"));
        picture(silent.resolve("a.png"), 16, 16);
        assertThatThrownBy(() -> new Preflight().check(recipe(pipeline, silent, Method.LORA)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 of the 1 pictures")
                .hasMessageContaining("have no caption");
        trained(recipe(pipeline, silent, Method.LORA, "texts.prompt=a gem", "training.steps=1"));
    }

    @Test
    void pipelinesThatCannotLearnAreNamed() throws IOException {
        Path bare = runs.resolve("bare");
        MadePipeline.write("sd1", bare);
        Files.delete(bare.resolve("text_encoder/model.safetensors"));
        assertThatThrownBy(() -> recipe(bare, gems, Method.LORA))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lacks the weights of text_encoder/");
        Path other = runs.resolve("other");
        MadePipeline.write("xl", other);
        Path run = trained(recipe(pipeline, gems, Method.LORA, "training.steps=1"))
                .run()
                .root();
        assertThatThrownBy(() -> drawn(other, new Adapter(run, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(run.toString());
    }

    /** Alone, and beside factors; its file is that of diffusers. */
    @ParameterizedTest
    @CsvSource({"PARTIAL,sd1_ddim", "LORA,xl"})
    void aWordIsLearnedAndDrawnWith(Method method, String base) throws IOException {
        Path from = runs.resolve(base), file = runs.resolve("word.safetensors");
        MadePipeline.write(base, from);
        String layers = method == Method.PARTIAL ? "training.tune.layers=[word]" : "seed=0";
        PipelineExperiment recipe = recipe(
                from,
                gems,
                method,
                layers,
                "texts.word={token: '<jewel>', vectors: 2, begins: bed}",
                "texts.prompt=a <jewel>",
                "data.source=" + Files.createDirectories(runs.resolve("p")),
                "training.recompute=" + (method == Method.LORA ? "always" : "auto"),
                "training.precision=" + (method == Method.LORA ? "bf16" : "fp32"));
        picture(runs.resolve("p/0.png"), 16, 16);
        Training.Outcome straight = trained(recipe);
        Training.Outcome stopped = Training.start(recipe, runs, stoppingAfter(1));
        assertThat(Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT)
                        .weightsHash())
                .isEqualTo(straight.weightsHash());
        List<Path> written = Adapters.export(straight.run().root(), file);
        Path word = written.get(written.size() - 1);
        assertThat(SafeTensors.read(word).tensors().keySet())
                .isEqualTo(method == Method.PARTIAL ? Set.of("<jewel>") : Set.of("clip_l", "clip_g"));
        TextPipeline opened = new StableDiffusionPipelines().open(straight.run().root(), Additions.NONE);
        assertThat(opened.notes()).anyMatch(note -> note.contains("<jewel>"));
    }

    @Test
    void aWordIsLearnedBesideWholeWeightsOfWhichNoFileIsWrittenInPart() throws IOException {
        String word = "texts.word={token: '<jewel>', vectors: 1, begins: bed}";
        Path prompted = Files.createDirectory(runs.resolve("p")), out = runs.resolve("x.safetensors");
        picture(prompted.resolve("0.png"), 16, 16);
        String layers = "training.tune.layers=[attn1]", prompt = "texts.prompt=a <jewel>", steps = "training.steps=1";
        PipelineExperiment partial = recipe(pipeline, prompted, Method.PARTIAL, layers, word, prompt, steps);
        Path run = trained(partial).run().root();
        assertThat(TunedRun.open(run).word()).isPresent();
        assertThat(Adapters.isAddable(run)).isFalse();
        assertThatThrownBy(() -> Adapters.export(run, out)).hasMessageContaining("has learned whole weights");
        PipelineExperiment both = recipe(pipeline, prompted, Method.LORA, word, prompt, steps);
        Path factored = trained(both).run().root();
        assertThat(Adapters.isAddable(factored)).isTrue();
        Files.writeString(runs.resolve("x-word.safetensors"), "mine");
        assertThatThrownBy(() -> Adapters.export(factored, out)).hasMessageContaining("is there already");
        assertThat(out).doesNotExist();
        assertThat(runs.resolve("x-word.safetensors")).hasContent("mine");
    }

    @Test
    void aRunIsOfItsPipelineAloneWhichMayLieBesideIt() throws IOException {
        PipelineExperiment moved = (PipelineExperiment)
                Recipe.with(recipe(pipeline, gems, Method.LORA), List.of("training.tune.from=nowhere/sd1"));
        StoredTensor weight = StoredTensor.of(Tensors.of(new float[] {1}, 1));
        TunedRun run = new TunedRun(made.resolve("run"), moved, Map.of("unet.nowhere.weight", weight));
        assertThat(run.pipeline()).isEqualTo(pipeline.toAbsolutePath());
        PipelineFiles files = TextToImage.open(pipeline).folder();
        assertThatThrownBy(() -> run.applied(Map.of("unet", files.network("unet")), 1, new ArrayList<>()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of another pipeline: there is no weight unet.nowhere.weight");
    }

    @Test
    void wordsThatCannotBeLearnedAreNamed() {
        assertThatThrownBy(() -> recipe(pipeline, gems, Method.LORA, "texts.word.begins=bed"))
                .hasMessageContaining("token must be given with vectors or begins");
        String word = "texts.word={token: '<jewel>', vectors: 1, begins: ";
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, word + "redbed}")))
                .hasMessageContaining("texts.word.begins must be one word of the vocabulary");
        assertThatThrownBy(() -> trained(recipe(pipeline, gems, Method.LORA, word + "bed}")))
                .hasMessageContaining("no picture is told the word <jewel>");
        assertThat(runs).isEmptyDirectory(); // nothing was written
    }

    /** Their weights, and of each text what their blocks hold; nothing where they are let go before. */
    @Test
    void textEncodersThatAreAskedInEveryStepAreInTheEstimate() throws IOException {
        PipelineFiles files = TextToImage.open(pipeline).folder();
        PipelineMemory.Texts learned =
                PipelineMemory.texts(recipe(pipeline, gems, Method.LORA, "texts.encoders=learned"), files, 0);
        long weights = 0;
        for (StoredTensor weight : files.network("text_encoder").weights().values()) weights += weight.count();
        assertThat(learned.weights()).isEqualTo(weights);
        assertThat(learned.step()).isGreaterThan(3L * 77 * 12 * 20);
        assertThat(PipelineMemory.texts(recipe(pipeline, gems, Method.LORA), files, 0)
                        .weights())
                .isZero();
    }

    /** Of Stable Diffusion 1.5 at 256 px a step was seen to hold about half a gigabyte in bf16. */
    @Test
    void aStepIsExpectedToHoldLessWhereItRecomputes() throws IOException {
        LatentUNetConfig unet = new LatentUNetConfig(
                4,
                4,
                List.of(
                        new Level(320, 2, 1, 8),
                        new Level(640, 2, 1, 8),
                        new Level(1280, 2, 1, 8),
                        new Level(1280, 2, 0, 8)),
                1,
                768,
                32,
                1e-5,
                TextToImage.open(pipeline).unet().activation(),
                TextToImage.open(pipeline).unet().border(),
                TextToImage.open(pipeline).unet().time(),
                LatentUNetConfig.Added.NOTHING);
        long kept = TunableUNet.step(unet, 32, Policy.NEVER), again = TunableUNet.step(unet, 32, Policy.ALWAYS);
        assertThat(2 * kept / 1e6).isBetween(400.0, 700.0);
        assertThat(again).isLessThan(kept / 3);
    }
}
