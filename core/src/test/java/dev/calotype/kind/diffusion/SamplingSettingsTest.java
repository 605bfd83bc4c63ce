package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Clip;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.Levels;
import dev.calotype.sampling.Timetable;
import dev.calotype.sampling.Timetable.End;
import dev.calotype.sampling.Timetable.Spacing;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplingSettingsTest {
    @Test
    void peopleReadWhatIsNotAsUsual() {
        assertThat(new SamplingSettings(Method.DPM_SOLVER, 20, 0, 1)).hasToString("dpm-solver, 20 steps");
        var timetable = new Timetable(Spacing.LEADING, 1, End.FIRST_STEP);
        assertThat(new SamplingSettings(Method.DDIM, 1, 0.5, 3, timetable, Clip.NONE))
                .hasToString("ddim, 1 step, eta 0.5, guidance 3.0, spacing leading + 1 to the first step, clip none");
        assertThat(new SamplingSettings(Method.HEUN, 7, 0, 1, Timetable.USUAL, new Clip(Clip.Kind.DYNAMIC, 3, 0.9)))
                .hasToString("heun, 7 steps, clip dynamic 0.9 up to 3.0");
    }

    private static Timetable asked(SamplingSettings settings, String sampler, String spacing) {
        Map<String, String> asked =
                spacing.isEmpty() ? Map.of("sampler", sampler) : Map.of("sampler", sampler, "spacing", spacing);
        return settings.with(asked, 1000).timetable();
    }

    @Test
    void aSolverInThePlaceOfDdimGoesOnToACleanImageWhateverTheSpacing() {
        var first = new Timetable(Spacing.LEADING, 1, End.FIRST_STEP);
        var ddim = new SamplingSettings(Method.DDIM, 20, 0, 1, first, Clip.NONE);
        assertThat(asked(ddim, "ddim", "")).isEqualTo(first);
        assertThat(asked(ddim, "dpm++", "")).isEqualTo(new Timetable(Spacing.LEADING, 1, End.CLEAN));
        assertThat(asked(ddim, "dpm++", "karras"))
                .isEqualTo(new Timetable(Spacing.LEADING, 1, End.CLEAN, Levels.KARRAS));
        assertThat(asked(ddim, "euler", "trailing")).isEqualTo(new Timetable(Spacing.TRAILING, 0, End.CLEAN));
    }

    @Test
    void aSamplerThatGoesByStepsTakesNoLevelsOver() {
        var karras = new Timetable(Spacing.TRAILING, 0, End.CLEAN, Levels.KARRAS);
        var solver = new SamplingSettings(Method.DPM_SOLVER, 20, 0, 1, karras, Clip.NONE);
        assertThat(asked(solver, "ddim", "").levels()).isEqualTo(Levels.SPACED);
        assertThat(asked(solver, "heun", "")).isEqualTo(karras);
        assertThat(asked(new SamplingSettings(Method.DPM_SOLVER, 20, 0, 1), "dpm++", "beta"))
                .isEqualTo(new Timetable(Spacing.LINSPACE, 0, End.CLEAN, Levels.BETA));
    }

    @Test
    void lcmVisitsTheStepsThatItsModelLearnedOfAndFewOfThem() {
        var plms = new Timetable(Spacing.LEADING, 1, End.FIRST_STEP);
        var usual = new SamplingSettings(Method.PLMS, 50, 0, 7.5, plms, Clip.NONE);
        assertThat(usual.with(Map.of("sampler", "lcm"), 1000).steps()).isEqualTo(4);
        assertThat(usual.with(Map.of("sampler", "lcm", "steps", "7"), 1000).steps())
                .isEqualTo(7);
        assertThatThrownBy(() -> asked(usual, "lcm", "trailing"))
                .hasMessage(
                        "the spacing would do nothing with lcm, which visits the steps that its model learned of: trailing");
    }

    @Test
    void freshNoiseIsAskedOfDdimAlone() {
        var euler = new SamplingSettings(Method.EULER, 20, 0, 1);
        assertThat(euler.with(Map.of("sampler", "ddim", "eta", "0.5"), 1000).eta())
                .isEqualTo(0.5);
        SamplingSettings noisy = euler.with(Map.of("sampler", "ddim", "eta", "0.5"), 1000);
        assertThat(noisy.with(Map.of("sampler", "euler"), 1000)).isEqualTo(euler);
        assertThat(noisy.with(Map.of("steps", "9"), 1000).eta()).isEqualTo(0.5);
        assertThat(euler.with(Map.of("eta", "0"), 1000)).isEqualTo(euler);
        assertThatThrownBy(() -> euler.with(Map.of("eta", "0.5"), 1000))
                .hasMessage("eta is of the sampler ddim and must be 0 with another: 0.5");
    }

    @Test
    void plmsGoesByTheStepsOfDiffusersAlone() {
        var usual = new SamplingSettings(Method.DDIM, 20, 0, 1);
        assertThat(asked(usual, "plms", "")).isEqualTo(new Timetable(Spacing.LEADING, 0, End.FIRST_STEP));
        assertThat(asked(usual, "plms", "linspace").spacing()).isEqualTo(Spacing.LINSPACE);
        assertThatThrownBy(() -> asked(usual, "plms", "usual"))
                .hasMessage(
                        "spacing must be leading, linspace or trailing with plms, which has no time steps of its own: usual");
    }
}
