package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.settings.Yaml;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void numbersAreLabelledAsPeopleWriteThem() {
        String values = "[1e-4, 0.00025, 0.5, 2.0, 3, 12345.5, -1.5e-5, 2.5e-9, 1.0e-10, 1.0e+12, 0.0, [0.9, 1e-3]]";
        assertThat(Axis.all(Yaml.object("training.learningRate: " + values, "the axes"), "axes")
                        .get(0)
                        .settings())
                .extracting(Axis.Setting::label)
                .containsExactly(
                        "0.0001",
                        "0.00025",
                        "0.5",
                        "2.0",
                        "3",
                        "12345.5",
                        "-0.000015",
                        "2.5e-9",
                        "1e-10",
                        "1e12",
                        "0.0",
                        "0.9 0.001");
    }
}
