package dev.calotype.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryTest {
    @Test
    void spreadIsTheSampleStandardDeviation() {
        assertThat(Summary.of(List.of(1.0, 2.0, 6.0))).isEqualTo(new Summary(3, Math.sqrt(7), 3));
    }

    @Test
    void aSingleSeedHasNoSpread() {
        assertThat(Summary.of(List.of(4.5))).isEqualTo(new Summary(4.5, null, 1));
        assertThat(new Summary(4.5, null, 1)).hasToString("4.500");
    }

    @Test
    void theSpreadIsWrittenToTheDigitOfTheMean() {
        assertThat(new Summary(123.456, 7.891, 2)).hasToString("123.5 ± 7.9");
        assertThat(new Summary(12.3456, 0.004, 2)).hasToString("12.35 ± 0.00");
        assertThat(new Summary(12.3456, 0.5, 2).toString(3)).isEqualTo("12.346 ± 0.500");
        assertThat(new Summary(12.3456, null, 1).toString(1)).isEqualTo("12.3");
    }

    @Test
    void smallMeansAreWrittenInPowersOfTen() {
        assertThat(new Summary(0.00012345, 0.5, 2)).hasToString("1.23e-04 ± 0.500");
        assertThat(new Summary(Double.NaN, null, 1)).hasToString("NaN");
        assertThat(new Summary(Double.POSITIVE_INFINITY, 2.0, 2)).hasToString("Infinity ± 2.000");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.000",
        "0.00099, 9.90e-04",
        "-0.00099, -9.90e-04",
        "0.001, 0.0010",
        "0.09996, 0.1000",
        "0.1, 0.100",
        "9.99, 9.990",
        "10, 10.00",
        "-10, -10.00",
        "99.5, 99.50",
        "100, 100.0",
        "999.94, 999.9",
        "1000, 1000",
        "-Infinity, -Infinity"
    })
    void numbersHaveFourDigitsAndNoMoreThanAReaderWants(double value, String text) {
        assertThat(Summary.number(value)).isEqualTo(text);
    }
}
