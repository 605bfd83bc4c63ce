package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.machine.DeviceChoice;
import dev.calotype.restore.Budget;
import dev.calotype.restore.DeepImagePrior;
import dev.calotype.restore.EsWmv;
import dev.calotype.restore.FixedCount;
import dev.calotype.restore.HeldOutPixels;
import dev.calotype.restore.Identity;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.LearnedDenoiser;
import dev.calotype.restore.LearnedFilling;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PlugAndPlay;
import dev.calotype.restore.RuleSignal;
import dev.calotype.restore.SlidingDct;
import dev.calotype.restore.StagedDip;
import dev.calotype.restore.TotalVariation;
import dev.calotype.restore.WithCosines;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the names and settings of methods stand for. */
class MethodsTest {
    private static Equipment.Sources with(String prior, String dncnn) {
        Equipment.Sources none = Equipment.Sources.NONE;
        return new Equipment.Sources(prior, dncnn, "", none.device(), none.precision());
    }

    private static Object restorer(double sigma, String kind, String... settings) throws IOException {
        try (Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
            Observation[] seen = {null};
            Scope.run(() -> seen[0] = new Observation(Rng.of(1).normal(1, 3, 8, 8), new Identity(), sigma));
            return Methods.named(kind, List.of(settings)).restorer(equipment, seen[0]);
        }
    }

    @Test
    void levelsArePeoplesAndUnitsAreThoseOfTheImage() throws IOException {
        assertThat(restorer(0.2, "dct")).isEqualTo(new PlugAndPlay(new SlidingDct(2.7), 16, 12.5 / 127.5));
        assertThat(restorer(0.2, "dct", "last=25", "rounds=3", "threshold=3"))
                .isEqualTo(new PlugAndPlay(new SlidingDct(3), 3, 25 / 127.5));
        assertThat(restorer(0.2, "tv")).isEqualTo(new TotalVariation(0.75, 300));
    }

    /** The noise of JPEG is not what they know. */
    @Test
    void theDenoiserHasCosinesBesideItButForJpeg() throws IOException {
        try (Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
            Observation[] seen = {null};
            Scope.run(() -> seen[0] = new Observation(Rng.of(1).normal(1, 3, 8, 8), new Identity(), 0.1));
            Method denoiser = Methods.named("denoiser", List.of("last=2", "cosines=25.5"));
            LearnedDenoiser network = new LearnedDenoiser(equipment.denoiser(), 1);
            assertThat(denoiser.restorer(equipment, seen[0]))
                    .isEqualTo(new PlugAndPlay(new WithCosines(network, 0.2), 16, 2 / 127.5));
            Observation jpeg = new Observation(seen[0].image(), new Identity(), 0.1, new JpegNoise(10).feasible());
            assertThat(denoiser.restorer(equipment, jpeg))
                    .isEqualTo(new PlugAndPlay(new WithCosines(network, 0), 16, 2 / 127.5));
        }
    }

    @Test
    void theDenoiserThatComesAlongFillsHolesFirst() throws IOException {
        try (Equipment equipment = new Equipment(Equipment.Sources.NONE, Scoring.NONE)) {
            Observation[] seen = {null};
            byte[] kept = new byte[64];
            kept[9] = 1;
            Masking mask = new Masking(8, 8, kept);
            Scope.run(() -> seen[0] = new Observation(Rng.of(1).normal(1, 3, 8, 8), mask, 0));
            LearnedDenoiser network = new LearnedDenoiser(equipment.denoiser(), 1);
            assertThat(Methods.named(
                                    "denoiser",
                                    List.of("holes.passes=3", "holes.rounds=7", "holes.last=4", "holes.cosines=51"))
                            .restorer(equipment, seen[0]))
                    .isEqualTo(new PlugAndPlay(
                            new WithCosines(network, 51 / 127.5),
                            new PlugAndPlay.Guess(new LearnedFilling(network, 3), PlugAndPlay.USUAL.level()),
                            7,
                            4 / 127.5,
                            1.8));
            assertThat(Methods.named("denoiser", List.of("holes.passes=0")).restorer(equipment, seen[0]))
                    .isEqualTo(new PlugAndPlay(new WithCosines(network, 8 / 127.5), 16, 1 / 127.5));
        }
    }

    @Test
    void theRuleOfAFitFollowsTheSmoothedOutputAndTheNoise() throws IOException {
        assertThat(((DeepImagePrior) restorer(0.2, "dip-ema")).rule())
                .isEqualTo(new HeldOutPixels(RuleSignal.SMOOTHED, 0.05, 0.9, 1000, 5000));
        assertThat(((DeepImagePrior) restorer(0, "dip-ema")).rule()).isEqualTo(new FixedCount(5000));
        assertThat(((DeepImagePrior) restorer(0.2, "dip", "rule.kind=es-wmv")).rule())
                .isEqualTo(new EsWmv(RuleSignal.OUTPUT, 100, 1000, 1800));
        assertThat(((DeepImagePrior) restorer(0.2, "dip", "rule.kind=es-wmv", "rule.signal=smoothed")).rule())
                .isEqualTo(new EsWmv(RuleSignal.SMOOTHED, 100, 1000, 1800));
    }

    @ParameterizedTest
    @CsvSource({
        "auto,true,true", "unchanged,false,false", "pseudo-inverse,false,false", "tv,false,false", "dct,false,false",
        "dncnn,false,true", "dip,false,false", "dip-ema,false,false", "ddpm,true,false", "dip+ddpm,true,false",
        "staged-dip,false,false", "guided-dip,true,false"
    })
    void aResultIsThatOfTheEquipmentThatItUses(String kind, boolean prior, boolean dncnn) {
        Method method = Methods.named(kind, List.of());
        String nothing = method.uses(with("", ""));
        assertThat(!method.uses(with("run", "")).equals(method.uses(with("other", ""))))
                .isEqualTo(prior);
        assertThat(!method.uses(with("", "file")).equals(method.uses(with("", "other"))))
                .isEqualTo(dncnn);
        var elsewhere =
                new Equipment.Sources("", "", "", DeviceChoice.parse("cpu"), Equipment.Sources.NONE.precision());
        assertThat(method.uses(elsewhere)).isNotEqualTo(nothing);
    }

    @Test
    void aUnionUsesWhatItsPartsUseAndStagesTakeNothingThatTheyHaveThemselves() throws IOException {
        Method method = Methods.named("dip+ddpm", List.of("fit.input=estimate"));
        Equipment.Sources none = with("", "");
        var own = new Equipment.Sources("", "", "denoiser", none.device(), none.precision());
        assertThat(method.uses(own)).isNotEqualTo(method.uses(none));
        for (String setting : List.of("fit.input=mesh", "fit.rule.kind=es-wmv", "fit.jury={a: {window: 50}}"))
            assertThatThrownBy(() -> Methods.named("staged-dip", List.of(setting)))
                    .hasMessageContaining("must be left out: stages have their own")
                    .hasMessageContaining(setting.split("[.=]")[1]);
        assertThatThrownBy(() -> Methods.named("dip+ddpm", List.of("fit.jury={a: {window: 50}}")))
                .hasMessageContaining("fit.jury must be left out");
    }

    @Test
    void everyUnionCanBeginWithTheAnswerOfTheDenoiser() throws IOException {
        Equipment.Sources none = with("", "");
        var own = new Equipment.Sources("", "", "denoiser", none.device(), none.precision());
        for (String[] each : new String[][] {
            {"dip-ema", "input=estimate"},
            {"dip+ddpm", "start=estimate"},
            {"dip+ddpm", "fit.input=estimate"},
            {"staged-dip", "fit.input=estimate"},
            {"guided-dip", "fit.input=estimate"}
        }) {
            Method usual = Methods.named(each[0], List.of()), from = Methods.named(each[0], List.of(each[1]));
            assertThat(usual.uses(own)).isEqualTo(usual.uses(none));
            assertThat(from.uses(own)).as(each[0]).isNotEqualTo(from.uses(none));
        }
        assertThat(((StagedDip) restorer(0, "staged-dip", "fit.input=estimate")).before())
                .isInstanceOf(PlugAndPlay.class);
        assertThat(((StagedDip) restorer(0, "staged-dip")).before()).isNull();
    }

    @Test
    void everyKindIsKnown() {
        assertThat(Methods.kinds())
                .containsExactlyInAnyOrder(
                        "auto",
                        "unchanged",
                        "pseudo-inverse",
                        "denoiser",
                        "diffpir",
                        "tv",
                        "dct",
                        "dncnn",
                        "dip",
                        "dip-ema",
                        "ddpm",
                        "dip+ddpm",
                        "staged-dip",
                        "guided-dip");
        for (String kind : Methods.kinds())
            assertThat(Methods.named(kind, List.of()).kind()).isEqualTo(kind);
    }

    @Test
    void aStudysAutoTakesTheModelBeforeTheDenoiserBeforeTheFit() {
        try (Equipment both = new Equipment(with("run", "file"), Scoring.NONE);
                Equipment denoiser = new Equipment(with("", "file"), Scoring.NONE);
                Equipment nothing = new Equipment(with("", ""), Scoring.NONE)) {
            assertThat(Baselines.Auto.kind(both)).isEqualTo("dip+ddpm");
            assertThat(Baselines.Auto.kind(denoiser)).isEqualTo("dncnn");
            assertThat(Baselines.Auto.kind(nothing)).isEqualTo("dip-ema");
        }
    }

    @Test
    void partsShareWhatTimeIsLeftEqually() {
        assertThat(PictureRestoration.share(new Budget(60, 7), 20, 4)).isEqualTo(new Budget(10, 7));
        assertThat(PictureRestoration.share(new Budget(60, 0), 50, 1)).isEqualTo(new Budget(10, 0));
        assertThat(PictureRestoration.share(new Budget(0, 7), 50, 4)).isEqualTo(new Budget(0, 7));
        assertThat(PictureRestoration.share(new Budget(60, 7), 99, 1).seconds()).isPositive();
    }
}
