package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.image.Picture;
import dev.calotype.model.DeepDecoder;
import dev.calotype.model.Hourglass;
import dev.calotype.model.SkipNet;
import dev.calotype.restore.Budget;
import dev.calotype.restore.DeepImagePrior;
import dev.calotype.restore.EsEmv;
import dev.calotype.restore.EsWmv;
import dev.calotype.restore.FixedCount;
import dev.calotype.restore.HeldOutPixels;
import dev.calotype.restore.Identity;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PriorInput;
import dev.calotype.restore.PseudoInverse;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.RuleSignal;
import dev.calotype.restore.StagedDip;
import dev.calotype.restore.StoppingRule;
import dev.calotype.restore.Unchanged;
import dev.calotype.restore.UntrainedPrior;
import dev.calotype.settings.RecipeException;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of methods mean, and what is said of those that mean nothing. */
class MethodSettingsTest {
    private static final Equipment EQUIPMENT = new Equipment(Equipment.Sources.NONE, Scoring.NONE);

    private static final Tensor NOISE = Scope.keep(() -> Rng.of(1).normal(1, 3, 8, 8));

    private static Observation seen(LinearOperator operator, double sigma) {
        return new Observation(NOISE, operator, sigma);
    }

    private static Restorer restorer(LinearOperator operator, String kind, String... settings) throws IOException {
        return Methods.named(kind, List.of(settings)).restorer(EQUIPMENT, seen(operator, 0.1));
    }

    private static Masking holes() {
        byte[] missing = new byte[64];
        missing[9] = (byte) 255;
        return Masking.missing(new Picture(8, 8, 1, missing));
    }

    @Test
    void theNetworkOfAFitIsTheOneThatIsNamed() throws IOException {
        assertThat(network(new Identity(), "auto")).isEqualTo(SkipNet.Config.denoising());
        assertThat(network(holes(), "auto")).isEqualTo(SkipNet.Config.inpainting());
        assertThat(network(holes(), "skip")).isEqualTo(SkipNet.Config.denoising());
        assertThat(network(new Identity(), "skip-inpainting")).isEqualTo(SkipNet.Config.inpainting());
        assertThat(network(new Identity(), "skip-small")).isEqualTo(SkipNet.Config.small());
        assertThat(network(new Identity(), "unet")).isEqualTo(Hourglass.Config.unet());
        assertThat(network(new Identity(), "encoder-decoder")).isEqualTo(Hourglass.Config.encoderDecoder());
        assertThat(network(new Identity(), "deep-decoder")).isEqualTo(new DeepDecoder.Config(5, 128));
    }

    private static Object network(LinearOperator operator, String name) throws IOException {
        return ((DeepImagePrior) restorer(operator, "dip", "network=" + name))
                .prior()
                .network();
    }

    @Test
    void everySettingOfAFitIsItsOwn() throws IOException {
        UntrainedPrior prior = ((DeepImagePrior) restorer(
                        new Identity(),
                        "dip",
                        "channels=5",
                        "jitter=0.25",
                        "learningRate=0.5",
                        "smoothing=0.75",
                        "totalVariation=0.125",
                        "langevin=0.0625",
                        "seeds=3"))
                .prior();
        assertThat(prior.input()).isEqualTo(new PriorInput(PriorInput.Kind.NOISE, 5, 0.25));
        assertThat(prior.fitting()).isEqualTo(new UntrainedPrior.Fitting(0.5, 0.75, 0.125, 0.0625, 3));
        StagedDip staged = (StagedDip) restorer(new Identity(), "staged-dip", "stages=7", "inner=11");
        assertThat(staged.stages().schedule().steps()).isEqualTo(7);
        assertThat(staged.stages().inner()).isEqualTo(11);
    }

    @Test
    void methodsWithoutSettingsAreWhatTheyAreCalled() throws IOException {
        assertThat(restorer(new Identity(), "unchanged")).isInstanceOf(Unchanged.class);
        assertThat(restorer(new Identity(), "pseudo-inverse")).isInstanceOf(PseudoInverse.class);
        assertThat(restorer(new Identity(), "auto")).isInstanceOf(DeepImagePrior.class);
    }

    @ParameterizedTest
    @CsvSource({
        "ddpm,trained diffusion model: `prior`",
        "dip+ddpm,trained diffusion model: `prior`",
        "guided-dip,trained diffusion model: `prior`",
        "dncnn,weights of a DnCNN: `dncnn`"
    })
    void aMethodThatLacksSomethingSaysWhat(String kind, String what) {
        assertThatThrownBy(() -> restorer(new Identity(), kind))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this method needs")
                .hasMessageContaining(what);
        if (kind.startsWith("guided"))
            assertThatThrownBy(() -> restorer(new Identity(), kind, "denoiser=dncnn"))
                    .hasMessageContaining("`dncnn`");
    }

    private static StoppingRule rule(double sigma, String... settings) throws IOException {
        return ((DeepImagePrior)
                        Methods.named("dip", List.of(settings)).restorer(EQUIPMENT, seen(new Identity(), sigma)))
                .rule();
    }

    @Test
    void everyRuleTakesOfTheSettingsWhatItKnows() throws IOException {
        String[] all = {
            "rule.kind=fixed",
            "rule.signal=smoothed",
            "rule.window=11",
            "rule.alpha=0.5",
            "rule.share=0.25",
            "rule.decay=0.75",
            "rule.patience=13",
            "rule.longest=17"
        };
        assertThat(rule(0.1, all)).isEqualTo(new FixedCount(17));
        all[0] = "rule.kind=es-wmv";
        assertThat(rule(0.1, all)).isEqualTo(new EsWmv(RuleSignal.SMOOTHED, 11, 13, 17));
        all[0] = "rule.kind=es-emv";
        assertThat(rule(0.1, all)).isEqualTo(new EsEmv(RuleSignal.SMOOTHED, 0.5, 13, 17));
        all[0] = "rule.kind=held-out";
        all[1] = "rule.signal=output";
        assertThat(rule(0.1, all)).isEqualTo(new HeldOutPixels(RuleSignal.OUTPUT, 0.25, 0.75, 13, 17));
        all[0] = "rule.kind=auto";
        assertThat(rule(0.1, all)).isEqualTo(new HeldOutPixels(RuleSignal.SMOOTHED, 0.25, 0.75, 13, 17));
        assertThat(rule(0, all)).isEqualTo(new FixedCount(17));
    }

    @Test
    void theJuryHasTheRuleOfTheFitButForWhatItsMembersSay() {
        Method method =
                Methods.named("dip", List.of("rule.longest=17", "jury={late: {kind: es-emv, patience: 3}, all: {}}"));
        assertThat(method.jury(seen(new Identity(), 0.1)))
                .isEqualTo(Map.of("late", new EsEmv(RuleSignal.OUTPUT, 0.1, 3, 17), "all", new FixedCount(17)));
        assertThat(Methods.named("guided-dip", List.of("fit.jury={a: {kind: fixed, longest: 2}}"))
                        .jury(seen(new Identity(), 0.1)))
                .isEqualTo(Map.of("a", new FixedCount(2)));
        assertThat(Methods.named("tv", List.of()).jury(seen(new Identity(), 0.1)))
                .isEmpty();
        assertThatThrownBy(() -> Methods.named("dip", List.of("jury=[1]")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("jury must be a mapping of names to rules");
        assertThatThrownBy(() -> Methods.named("dip", List.of("jury={late: 3}")))
                .hasMessageContaining("jury.late must be a mapping");
    }

    @Test
    void aMethodHasItsOwnBudgetWhereItHasOne() {
        Budget common = new Budget(60, 500);
        assertThat(Methods.named("tv", List.of()).budget(common)).isEqualTo(common);
        assertThat(Methods.named("tv", List.of("seconds=5")).budget(common)).isEqualTo(new Budget(5, 500));
        assertThat(Methods.named("tv", List.of("iterations=7")).budget(common)).isEqualTo(new Budget(60, 7));
    }

    @Test
    void methodsAreEqualIfTheyAreCalledTheSameAndDoTheSame() throws IOException {
        Method tv = of("a", "{\"method\":\"tv\"}");
        assertThat(tv)
                .isEqualTo(of("a", "\"tv\""))
                .hasSameHashCodeAs(of("a", "\"tv\""))
                .hasToString("a");
        assertThat(tv).isNotEqualTo(of("b", "\"tv\"")).isNotEqualTo(of("a", "{\"method\":\"tv\",\"strength\":3}"));
        assertThat(tv).isNotEqualTo("a");
        assertThat(tv.hashCode()).isNotEqualTo(of("b", "\"tv\"").hashCode());
        assertThat(tv.content()).isEqualTo("tv {\"strength\":0.75,\"seconds\":0.0,\"iterations\":0}");
    }

    private static Method of(String label, String json) throws IOException {
        return Methods.of(label, new ObjectMapper().readTree(json));
    }

    @Test
    void whatQuickMethodsAndFitsTakeAtOnce() {
        for (String quick : List.of("unchanged", "pseudo-inverse", "tv", "dct", "dncnn")) {
            assertThat(Methods.named(quick, List.of()).pixelsAtOnce()).isEqualTo(4_000_000);
            assertThat(Methods.named(quick, List.of()).isQuick()).isTrue();
        }
        for (String fit : List.of("dip", "dip-ema", "staged-dip", "guided-dip", "dip+ddpm", "auto")) {
            assertThat(Methods.named(fit, List.of()).pixelsAtOnce()).isEqualTo(400_000);
            assertThat(Methods.named(fit, List.of()).isQuick()).isFalse();
        }
        assertThat(Methods.named("ddpm", List.of()).pixelsAtOnce()).isEqualTo(4_000_000);
        assertThat(Methods.named("auto", List.of()).isAutomatic()).isTrue();
        assertThat(Methods.named("tv", List.of()).isAutomatic()).isFalse();
    }

    @Test
    void whatIsNoMethodOrSettingIsSaid() {
        assertThatThrownBy(() -> of("mine", "3"))
                .isInstanceOf(RecipeException.class)
                .hasMessage("methods.mine must be a method, or a mapping with the key method");
        assertThatThrownBy(() -> of("mine", "{\"strength\":3}")).hasMessageContaining("with the key method");
        assertThatThrownBy(() -> Methods.named("tv", List.of("=3"))).hasMessage("`set` wants key=value: =3");
        assertThatThrownBy(() -> Methods.named("tv", List.of("strength")))
                .hasMessage("`set` wants key=value: strength");
        assertThatThrownBy(() -> Methods.named("tv", List.of("seconds=soon"))).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> Methods.named("tv", List.of("iterations=few"))).isInstanceOf(RecipeException.class);
    }

    @Test
    void pathsOfEquipmentAndScoringAreSeenFromTheirFolder() {
        Path folder = Path.of("/a/b");
        var sources = new Equipment.Sources(
                "runs/x", "", "", Equipment.Sources.NONE.device(), Equipment.Sources.NONE.precision());
        assertThat(sources.in(folder).prior())
                .isEqualTo(folder.resolve("runs/x").toString());
        assertThat(sources.in(folder).dncnn()).isEmpty();
        assertThat(Scoring.NONE.in(folder)).isSameAs(Scoring.NONE);
        Scoring lpips = new Scoring(Scoring.Colour.LUMA, 2, "alex,../w/a.pth,b.pth");
        assertThat(lpips.in(folder))
                .isEqualTo(new Scoring(
                        Scoring.Colour.LUMA,
                        2,
                        "alex," + folder.resolveSibling("w/a.pth") + "," + folder.resolve("b.pth")));
        assertThat(lpips.isPerceptual()).isTrue();
        assertThat(Scoring.NONE.isPerceptual()).isFalse();
        assertThatThrownBy(() -> new Scoring(Scoring.Colour.RGB, -1, ""))
                .hasMessage("score.border must be at least 0: -1");
        assertThatThrownBy(() -> new Scoring(Scoring.Colour.RGB, 0, "alex,a"))
                .hasMessage("score.lpips must be NAME,BACKBONE,LINEAR: alex,a");
    }
}
