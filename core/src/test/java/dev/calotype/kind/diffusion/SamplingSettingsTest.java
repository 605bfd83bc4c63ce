package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.diffusion.Clip;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.Timetable;
import org.junit.jupiter.api.Test;

class SamplingSettingsTest {
    @Test
    void peopleReadWhatIsNotAsUsual() {
        assertThat(new SamplingSettings(Method.DPM_SOLVER, 20, 0, 1)).hasToString("dpm-solver, 20 steps");
        var timetable = new Timetable(Timetable.Spacing.LEADING, 1, Timetable.End.FIRST_STEP);
        assertThat(new SamplingSettings(Method.DDIM, 1, 0.5, 3, timetable, Clip.NONE))
                .hasToString("ddim, 1 step, eta 0.5, guidance 3.0, spacing leading + 1 to the first step, clip none");
        assertThat(new SamplingSettings(Method.HEUN, 7, 0, 1, Timetable.USUAL, new Clip(Clip.Kind.DYNAMIC, 3, 0.9)))
                .hasToString("heun, 7 steps, clip dynamic 0.9 up to 3.0");
    }
}
