package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.kind.diffusion.pipeline.AskedTexts.Tower;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Noising;
import dev.calotype.kind.diffusion.pipeline.PipelineObjective.Question;
import dev.calotype.kind.diffusion.pipeline.TextSettings.Encoders;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Told;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against diffusers' training of LoRA and peft: bench/peers/golden_finetuning.py made what is compared with. */
class LearnedGoldenTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/finetuning.json");

    @TempDir
    Path folder;

    private TunablePipeline open(String name) throws IOException {
        MadePipeline.write(name, folder.resolve(name));
        return TunableUNet.open(PipelineFolder.open(folder.resolve(name)));
    }

    private static Learned learned(TunablePipeline model, JsonNode golden, List<Tower> towers) throws IOException {
        List<String> layers = new ArrayList<>();
        golden.get("layers").forEach(layer -> layers.add(layer.asText()));
        Adaptation adaptation = new Adaptation(
                Method.valueOf(golden.get("method").asText().toUpperCase(Locale.ROOT)),
                layers,
                Set.of(),
                golden.get("rank").asInt(),
                golden.get("alpha").asDouble(),
                0,
                0);
        Learned learned = new Learned(model.read(EXACT), towers, Map.of(), adaptation, Rng.of(1));
        Scope.read(() -> {
            Tensors.parameters(learned).forEach((name, parameter) -> {
                if (!name.contains("magnitude"))
                    parameter.copy_(Tensors.scale(0.5, FormulaWeights.weight(name, Tensors.shape(parameter))));
            });
            return null;
        });
        return learned;
    }

    private static Question question(JsonNode golden) {
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 8));
        Tensor offset = FormulaWeights.unit("offset", 2, 4, 1, 1);
        return new Question(
                FormulaWeights.unit("clean", 2, 4, 8, 8),
                noise.add(offset, new Scalar(golden.path("offset").asDouble())),
                Golden.ints(golden.get("t")),
                new int[] {0, 1});
    }

    /** The gradients of all factors of a step, by name. */
    private static Map<String, Tensor> step(
            TunablePipeline model, JsonNode golden, Told told, Policy policy, double[] loss) throws IOException {
        Learned learned = learned(model, golden, List.of());
        learned.denoiser().recompute(policy);
        Noising noising =
                model.noising(new NoiseSettings(0, golden.path("gamma").asDouble()));
        PipelineObjective objective = new PipelineObjective(noising, 0, 0, (network, texts) -> told);
        Tensor mean = objective.losses(learned, question(golden)).mean();
        mean.backward();
        loss[0] = mean.item_double();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        Tensors.parameters(learned).forEach((key, parameter) -> gradients.put(key, parameter.grad()));
        return gradients;
    }

    @ParameterizedTest
    @CsvSource({"sd1,NEVER", "sd1,ALWAYS", "sd2_v,NEVER", "xl,NEVER", "sd1_ddim,NEVER"})
    void theLossAndAllGradientsOfAStepAreThoseOfDiffusersAndPeft(String name, Policy policy) throws IOException {
        JsonNode golden = GOLDEN.get(name);
        boolean xl = name.equals("xl");
        TunablePipeline model = open(name);
        Told told = new Told(
                FormulaWeights.unit(
                        "tokens", 2, 7, ((TunableUNet) model).model().unet().tokens()),
                xl ? FormulaWeights.unit("pooled", 2, 10) : null,
                xl ? KnownTexts.sizes(16, 2) : null,
                null);
        double[] loss = new double[1];
        requireSame(step(model, golden, told, policy, loss), golden);
        assertThat(loss[0]).isCloseTo(golden.get("loss").asDouble(), within(1e-5));
    }

    private TunablePipeline joint(double shift) throws IOException {
        MadePipeline.writeJoint(folder, shift);
        return new TunableTransformer(JointPipeline.open(PipelineFolder.open(folder)));
    }

    @ParameterizedTest
    @CsvSource({"sd3,NEVER", "sd3,ALWAYS", "sd3_dora,NEVER"})
    void soAreThoseOfStableDiffusion3(String name, Policy policy) throws IOException {
        JsonNode golden = GOLDEN.get(name);
        Told told = new Told(FormulaWeights.unit("tokens", 2, 7, 20), FormulaWeights.unit("pooled", 2, 22), null, null);
        double[] loss = new double[1];
        requireSame(step(joint(golden.get("shift").asDouble()), golden, told, policy, loss), golden);
        double theirs = golden.get("loss").asDouble();
        assertThat(loss[0]).isCloseTo(theirs, within(1e-5 * theirs));
    }

    /** The logistic of a normal number is as often above one half as below it, and in the middle half of the steps in 73 % (Esser et al. 2024). */
    @Test
    void levelsOfRectifiedFlowAreThoseInTheMiddleTheMostOften() {
        int[] steps = new FlowSchedule(1000, 3).steps(Rng.of(3), 20_000);
        assertThat(Arrays.stream(steps)).allMatch(step -> step >= 0 && step < 1000);
        double above = Arrays.stream(steps).filter(step -> step >= 500).count() / 20_000.0;
        double middle =
                Arrays.stream(steps).filter(step -> step >= 250 && step < 750).count() / 20_000.0;
        assertThat(above).isCloseTo(0.5, within(0.015));
        assertThat(middle).isCloseTo(0.728, within(0.015)); // the normal law within ±ln 3
    }

    private static void requireSame(Map<String, Tensor> gradients, JsonNode golden) {
        List<String> theirs = Golden.names(golden.get("gradients"));
        assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(theirs);
        for (String factor : theirs) {
            JsonNode expected = golden.get("gradients").get(factor);
            Tensor gradient = gradients.get(factor);
            if (!gradient.defined()) gradient = Device.CPU.zeros(4); // what it would change is not looked at
            double size = expected.get(5).asDouble();
            assertThat(gradient.norm().item_double()).as(factor).isCloseTo(size, within(1e-4 * Math.max(1e-3, size)));
            Tensor flat = gradient.flatten();
            long stride = Math.max(1, flat.numel() / 16);
            for (int i = 0; i < 4; i++)
                assertThat(flat.select(0, i * stride).item_double())
                        .as(factor)
                        .isCloseTo(expected.get(1 + i).asDouble(), within(1e-4 * Math.max(1e-3, size)));
        }
    }

    /** Those of XL are read before their last block: the first has no use for its own. */
    @ParameterizedTest
    @CsvSource({"sd1,texts_sd1", "xl,texts_xl", "xl,texts_xl_dora"})
    void theGradientsOfFactorsOfTextEncodersAreThoseOfTransformersAndPeft(String name, String of) throws IOException {
        JsonNode golden = GOLDEN.get(of);
        TunablePipeline model = open(name);
        AskedTexts texts =
                AskedTexts.read(model.files(), Encoders.LEARNED, List.of("", "a red bed", "two lamps"), 16, EXACT);
        Learned learned = learned(model, golden, texts.towers());
        PipelineObjective objective = new PipelineObjective(model.noising(new NoiseSettings(0, 0)), 0, 0, texts);
        Question question = question(GOLDEN.get("xl"));
        Tensor mean = objective
                .losses(
                        learned,
                        new Question(question.clean(), question.eps(), Golden.ints(golden.get("t")), new int[] {1, 2}))
                .mean();
        mean.backward();
        assertThat(mean.item_double()).isCloseTo(golden.get("loss").asDouble(), within(1e-5));
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        Tensors.parameters(learned).forEach((key, parameter) -> gradients.put(key, parameter.grad()));
        requireSame(gradients, golden);
    }

    /** The text encoder is asked in the step, and the gradient goes through the denoiser to the vectors. */
    @Test
    void theGradientOfALearnedWordIsThatOfTextualInversion() throws IOException {
        JsonNode golden = GOLDEN.get("word");
        TunablePipeline model = open("sd1");
        var word = new TextSettings.WordSettings("<gem>", 2, "bed");
        Map<String, Tensor> begun = AskedTexts.begun(model.files(), word);
        PipelineFiles knowing = AskedTexts.knowing(model.files(), word, begun);
        KnownTexts texts = AskedTexts.read(knowing, Encoders.FROZEN, List.of("", "a <gem> on a bed"), 8, EXACT);
        Adaptation adaptation = new Adaptation(Method.PARTIAL, List.of("word"), Set.of(), 1, 1, 0, 0);
        Learned learned = new Learned(model.read(EXACT), List.of(), begun, adaptation, Rng.of(1));
        Tensor vectors = learned.words().get("text_encoder");
        Scope.read(() -> vectors.copy_(FormulaWeights.weight("text_encoder.word", 2, 12)));
        PipelineObjective objective = new PipelineObjective(model.noising(new NoiseSettings(0, 0)), 0, 0, texts);
        Question question = question(GOLDEN.get("xl"));
        Tensor mean = objective
                .losses(learned, new Question(question.clean(), question.eps(), new int[] {3, 741}, new int[] {1, 1}))
                .mean();
        mean.backward();
        assertThat(mean.item_double()).isCloseTo(golden.get("loss").asDouble(), within(1e-5));
        double[] gradient = Tensors.doubles(vectors.grad());
        for (int i = 0; i < gradient.length; i++)
            assertThat(gradient[i]).isCloseTo(golden.get("gradient").get(i).asDouble(), within(1e-6));
    }

    /** Whatever else is in the data set: a long caption makes no other one longer. */
    @ParameterizedTest
    @CsvSource({"sd1", "xl", "sd3"})
    void aTextIsReadAsIfItWereAlone(String name) throws IOException {
        PipelineFiles files = (name.equals("sd3") ? joint(3) : open(name)).files();
        String longer = "bed red ".repeat(60);
        KnownTexts texts = KnownTexts.read(files, List.of("", "a bed", longer), 8, EXACT);
        Tensor alone = read(files, "a bed").get(0).tokens();
        assertThat(Tensors.floats(texts.told(null, new int[] {1}).tokens())).containsExactly(Tensors.floats(alone));
        Tensor both = texts.told(null, new int[] {2, 1}).tokens();
        List<TextReader.Meaning> drawn = read(files, longer, "a bed");
        assertThat(both.size(1)).isGreaterThan(alone.size(1));
        for (int i = 0; i < 2; i++)
            assertThat(Tensors.floats(both.narrow(0, i, 1)))
                    .containsExactly(Tensors.floats(drawn.get(i).tokens()));
    }

    private static List<TextReader.Meaning> read(PipelineFiles files, String... texts) throws IOException {
        var one = new TextReader.Texts(List.of(texts), Collections.nCopies(texts.length, 0));
        return KnownTexts.reading(files, EXACT).of(List.of(one)).get(0).meanings();
    }

    @Test
    void noTwoFactorsBeginTheSame() throws IOException {
        List<String> layers = List.of("to_q", "to_k", "to_v", "to_out.0");
        Learned fresh = new Learned(
                open("sd1").read(EXACT),
                List.of(),
                Map.of(),
                new Adaptation(Method.LORA, layers, Set.of(), 2, 2, 0, 0),
                Rng.of(1));
        List<List<Double>> seen = new ArrayList<>();
        Tensors.parameters(fresh).forEach((name, factor) -> {
            if (!name.endsWith("lora_A.weight")) return;
            double[] values = Tensors.doubles(factor.detach().flatten().narrow(0, 0, 8));
            double bound = Math.sqrt(factor.size(1)); // so that those of other widths are seen too
            seen.add(Arrays.stream(values)
                    .mapToObj(value -> Math.round(value * bound * 1e4) / 1e4)
                    .toList());
        });
        assertThat(seen).hasSizeGreaterThan(4).doesNotHaveDuplicates();
    }
}
