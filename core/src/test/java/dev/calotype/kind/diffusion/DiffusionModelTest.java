package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.io.Progress;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.model.Condition;
import dev.calotype.sampling.Codec;
import dev.calotype.sampling.Space;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiffusionModelTest {
    // Velocity, since an untrained epsilon is blown up by 1 / signal and its rounding with it.
    private static final SamplingSettings DDIM = new SamplingSettings(Method.DDIM, 3, 0, 1);

    @TempDir
    private Path folder;

    /** A model of three classes. */
    private static DiffusionModel labelled() {
        return Tiny.model(Tiny.experiment("condition.by=label", "process.parameterization=velocity")
                .withClasses(List.of("a", "b", "c")));
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, mode = EnumSource.Mode.EXCLUDE, names = "PLMS") // it has no time steps of its own
    void anImageDoesNotDependOnItsBatch(Method method) {
        DiffusionModel model = Tiny.model(Tiny.experiment("process.steps=10", "process.parameterization=velocity"));
        Request request = new Request(new SamplingSettings(method, 5, 0, 1), 7, Request.ANY);
        Scope.run(() -> {
            Tensor together = model.sample(request, 0, 4);
            Tensor alone = model.sample(request, 2, 1);
            assertThat(Tensors.shape(together)).containsExactly(4, 3, 8, 8);
            assertThat(Deviation.largest(together.narrow(0, 2, 1), alone)).isLessThan(1e-4);
            assertThat(Deviation.relative(together.narrow(0, 1, 1), alone)).isGreaterThan(0.05);
        });
    }

    @Test
    void theSeedDecidesTheImage() {
        DiffusionModel model = Tiny.model(Tiny.experiment());
        Scope.run(() -> {
            Tensor image = model.sample(new Request(DDIM, 7, Request.ANY), 0, 1);
            Tensor again = model.sample(new Request(DDIM, 7, Request.ANY), 0, 1);
            Tensor other = model.sample(new Request(DDIM, 8, Request.ANY), 0, 1);
            assertThat(Tensors.floats(again)).containsExactly(Tensors.floats(image));
            assertThat(Deviation.relative(other, image)).isGreaterThan(0.05);
        });
    }

    @Test
    void imagesOfAnyClassTakeTheClassesInTurn() {
        DiffusionModel model = labelled();
        Scope.run(() -> {
            Tensor any = model.sample(new Request(DDIM, 7, Request.ANY), 4, 3);
            for (int i = 0; i < 3; i++) {
                Tensor one = model.sample(new Request(DDIM, 7, (4 + i) % 3), 4 + i, 1);
                assertThat(Deviation.largest(any.narrow(0, i, 1), one)).isLessThan(1e-4);
            }
            Tensor wrong = model.sample(new Request(DDIM, 7, 0), 4, 1);
            assertThat(Deviation.largest(any.narrow(0, 0, 1), wrong)).isGreaterThan(1e-3);
        });
    }

    @Test
    void whatIsDrawnInLatentsIsDecoded() {
        Codec doubled = new Codec() {
            @Override
            public Tensor encode(Tensor images) {
                return images.narrow(1, 0, 2);
            }

            @Override
            public Tensor decode(Tensor latents) {
                return Tensors.cat(1, latents, Tensors.scale(2, latents));
            }
        };
        DiffusionModel pixels = Tiny.model(Tiny.experiment("process.parameterization=velocity"));
        Space space = Space.ofLatents(3, 16, doubled);
        DiffusionModel latents = new DiffusionModel(pixels.experiment(), pixels.network(), space);
        SamplingSettings trailing = DDIM.with(Map.of("spacing", "trailing"), 3);
        for (SamplingSettings how : List.of(DDIM, trailing))
            Scope.run(() -> {
                Tensor images = latents.sample(new Request(how, 7, Request.ANY), 0, 2);
                assertThat(Tensors.shape(images)).containsExactly(2, 6, 16, 16);
                Tensor drawn = images.narrow(1, 0, 3);
                assertThat(Deviation.largest(images.narrow(1, 3, 3), Tensors.scale(2, drawn)))
                        .isZero();
                assertThat(drawn.abs().max().item_float())
                        .as("nothing bounds a latent: " + how)
                        .isGreaterThan(1);
            });
    }

    @Test
    void aConditionThatTheModelDoesNotReadIsRefused() {
        Columns caption = Columns.of(Columns.CAPTION, new Column.Texts(List.of("a cat")));
        assertThatThrownBy(() -> labelled().require(new Request(DDIM, 7, caption)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("condition must be one of [label]: caption");
        Columns two = Columns.of(Columns.LABEL, new Column.Numbers(0, 1));
        assertThatThrownBy(() -> new Request(DDIM, 7, two)).hasMessage("a request has one condition for all images: 2");
    }

    /** Guidance of weight w is none + w (class - none): 1 is the class itself, 0 is no class. */
    @Test
    void guidanceExtrapolatesFromNoClass() {
        DiffusionModel model = labelled();
        NoiseLevel level = new NoiseLevel(500, 0.6, 0.8);
        Scope.run(() -> Scope.read(() -> {
            Tensor x = Rng.of(1).normal(2, 3, 8, 8);
            Tensor told = unclipped(model, 0, 2).denoise(x, level);
            Tensor untold = unclipped(model, 3, 3).denoise(x, level);
            assertThat(Deviation.relative(told, untold)).isGreaterThan(1e-3);
            for (double weight : new double[] {0, 1, 2.5}) {
                Tensor wanted = Tensors.clip(Tensors.combine(weight, told, 1 - weight, untold));
                Tensor guided = model.denoiser(new int[] {0, 2}, weight).denoise(x, level);
                assertThat(Deviation.largest(guided, wanted)).isLessThan(1e-4);
            }
            return null;
        }));
    }

    private static Denoiser unclipped(DiffusionModel model, int... labels) {
        return model.process().denoiser(model.predictor(Condition.ofLabels(labels)), Clip.NONE);
    }

    @Test
    void samplingJudgingAndLikelihoodLeaveNothingBehind() throws IOException {
        DiffusionModel model = Tiny.model(Tiny.experiment());
        Request request = new Request(DDIM, 7, Request.ANY);
        try (ImageDataset data = DataSets.open(Tiny.pictures(folder).toString(), 8, 3)) {
            Judge judge = new Judge(
                    new StubNetwork(),
                    new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW),
                    Belonging.Foreign.ALLOW,
                    Progress.SILENT);
            Runnable work = () -> {
                Scope.run(() -> model.sample(request, 0, 2));
                judge.drawing(model.drawing(request), data, 8);
                LikelihoodBound.of(model, data, 4, 2, Progress.SILENT);
            };
            work.run();
            long before = Scope.live();
            for (int i = 0; i < 2; i++) work.run();
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void aJudgementNamesWhatWasCompared() throws IOException {
        DiffusionModel model = Tiny.model(Tiny.experiment());
        Request request = new Request(DDIM, 7, Request.ANY);
        try (ImageDataset data = DataSets.open(Tiny.pictures(folder).toString(), 8, 3)) {
            Judge judge = new Judge(
                    new StubNetwork(),
                    new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW),
                    Belonging.Foreign.ALLOW,
                    Progress.SILENT);
            Judgement judgement = judge.drawing(model.drawing(request), data, 8);
            assertThat(judgement.images()).isEqualTo(8);
            assertThat(judgement.realImages()).isEqualTo(8);
            assertThat(judgement.network()).isEqualTo("mean-colour");
            assertThat(judgement.generated()).startsWith("tiny seed 7 ");
            assertThat(judgement.score("fid")).isPositive();
        }
    }
}
