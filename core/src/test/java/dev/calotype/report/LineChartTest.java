package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.LineChart.Series;
import dev.calotype.report.LineChart.XScale;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineChartTest {
    private static Series series(String name, double... xy) {
        return new Series(
                name,
                IntStream.range(0, xy.length / 2)
                        .mapToObj(i -> new double[] {xy[2 * i], xy[2 * i + 1]})
                        .toList());
    }

    @Test
    void fewPointsLabelTheirOwnPlaces() {
        Series few = series("", 10, 1, 20, 1, 40, 2, 80, 4);
        assertThat(new LineChart("t", "steps", XScale.LOGARITHMIC, List.of(few)).svg())
                .contains(">10</text>", ">20</text>", ">40</text>", ">80</text>");
        Series many = Series.of("", IntStream.rangeClosed(1, 9).boxed().toList(), i -> 100 * i, i -> i);
        assertThat(LineChart.of("t", "steps", many).svg())
                .contains(">100</text>", ">300</text>", ">900</text>")
                .doesNotContain(">200</text>");
    }

    @Test
    void momentsAreMarkedWhereTheCurveIs() {
        Series curve = series("", 10, 1, 20, 2, 30, 3);
        LineChart chart = LineChart.of("t", "steps", curve).marking(List.of(5.0, 20.0, 31.0));
        String marked = chart.svg();
        assertThat(marked).containsOnlyOnce("class=\"moment\"");
        assertThat(marked).contains("<line x1=\"231.0\" x2=\"231.0\"", "<circle class=\"dot s0\" cx=\"231.0\"");
    }

    @Test
    void manyPointsBecomeMeansOfNeighboursAndWhatIsNotFiniteIsLeftOut() {
        Series series = Series.of("", IntStream.range(0, 600).boxed().toList(), i -> i, i -> i);
        assertThat(series.points()).hasSize(300);
        assertThat(series.points().get(1)).containsExactly(2.5, 2.5);
        assertThat(Series.of("", List.of(1.0, Double.NaN), x -> 1, x -> x).points())
                .hasSize(1);
    }

    @Test
    void valuesAreLogarithmicWhereAllArePositive() {
        assertThat(LineChart.of("t", "x", series("", 0, 1, 1, 100)).svg()).contains(">10</text>"); // the middle
        assertThat(LineChart.of("t", "x", series("", 0, 0, 1, 100)).svg()).contains(">50</text>");
    }

    @Test
    void aLongNameIsShortened() {
        String name = "x".repeat(100);
        LineChart chart =
                new LineChart("t", "x", XScale.LINEAR, List.of(series(name, 0, 1, 1, 2), series("b", 0, 1, 1, 2)));
        assertThat(chart.svg()).contains("x…</text>").doesNotContain(name);
    }
}
