package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Clip;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.Levels;
import dev.calotype.sampling.Multistep;
import dev.calotype.sampling.Multistep.Equation;
import dev.calotype.sampling.Timetable;
import dev.calotype.sampling.Timetable.End;
import dev.calotype.sampling.Timetable.Spacing;
import dev.calotype.sampling.UniPc;
import dev.calotype.sampling.Walk;
import java.util.List;
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

    private static SamplingSettings optimized(Method method, Timetable timetable, OptimizedSteps... steps) {
        return new SamplingSettings(method, 3, 0, 1, timetable, Clip.PIXELS, List.of(steps));
    }

    @Test
    void optimizedStepsAreTakenWhereMethodAndNumberAreTheirs() {
        var process = Tiny.experiment("process.steps=100").process().process();
        var solver = new OptimizedSteps(Method.DPM_SOLVER, List.of(9.0, 3.0, 0.5));
        var corrector = new OptimizedSteps(Method.UNI_PC, List.of(9.0, 2.0, 0.5));
        for (Timetable timetable : List.of(Timetable.USUAL, new Timetable(Spacing.TRAILING, 0, End.CLEAN))) {
            assertThat(optimized(Method.DPM_SOLVER, timetable, corrector, solver)
                            .sampler(process))
                    .isEqualTo(new Multistep(Walk.at(process.schedule(), solver.sigmas()), Equation.FLOW));
            SamplingSettings settings = optimized(Method.UNI_PC, timetable, corrector, solver);
            assertThat(settings.sampler(process)).isEqualTo(new UniPc(Walk.at(process.schedule(), corrector.sigmas())));
            assertThat(settings)
                    .hasToString("uni-pc, 3 steps, spacing optimized "
                            + Integer.toHexString(corrector.sigmas().hashCode()));
        }
    }

    @Test
    void withAnythingElseOptimizedStepsAreNotTaken() {
        var process = Tiny.experiment("process.steps=100").process().process();
        var solver = new OptimizedSteps(Method.DPM_SOLVER, List.of(9.0, 3.0, 0.5));
        SamplingSettings settings = optimized(Method.DPM_SOLVER, Timetable.USUAL, solver);
        for (Map<String, String> asked : List.of(
                Map.of("spacing", "usual"),
                Map.of("spacing", "trailing"),
                Map.of("steps", "4"),
                Map.of("sampler", "unipc"),
                Map.of("sampler", "ddim", "eta", "0.5"))) {
            SamplingSettings plain =
                    optimized(Method.DPM_SOLVER, Timetable.USUAL).with(asked, 100);
            assertThat(settings.with(asked, 100).sampler(process)).isEqualTo(plain.sampler(process));
            assertThat(settings.with(asked, 100)).hasToString(plain.toString());
        }
        assertThat(settings.with(Map.of("steps", "4"), 100).with(Map.of("steps", "3"), 100))
                .isEqualTo(settings);
    }

    @Test
    void optimizedStepsMustMakeSense() {
        assertThatThrownBy(() -> new OptimizedSteps(Method.HEUN, List.of(9.0, 1.0)))
                .hasMessage("steps can be optimized of the samplers dpm-solver and uni-pc: heun");
        for (List<Double> sigmas :
                List.of(List.of(1.0, 1.0), List.of(1.0, 0.0), List.of(1e6, 1.0), List.of(Double.NaN, 1.0)))
            assertThatThrownBy(() -> new OptimizedSteps(Method.UNI_PC, sigmas))
                    .hasMessage("sigmas of sampling.optimized must fall, above 0 and below 1000000: " + sigmas);
        assertThatThrownBy(() -> new OptimizedSteps(Method.UNI_PC, List.of(9.0)))
                .hasMessage("steps of sampling.optimized must be in 2..100000: 1");
        var twice = new OptimizedSteps(Method.UNI_PC, List.of(9.0, 1.0));
        assertThatThrownBy(() -> optimized(Method.UNI_PC, Timetable.USUAL, twice, twice))
                .hasMessage("sampling.optimized must have each number of steps of a method once: uni-pc in 2");
        assertThatThrownBy(() -> Tiny.experiment("sampling.optimized=[{method: uni-pc, sigmas: [9, x]}]"))
                .hasMessageContaining("sigmas");
        assertThatThrownBy(() -> Tiny.experiment("sampling.optimized=[{method: uni-pc}]"))
                .hasMessageContaining("sigmas");
        assertThatThrownBy(() -> Tiny.experiment("sampling.optimized=[{sigmas: [9, 1]}]"))
                .hasMessageContaining("method");
    }
}
