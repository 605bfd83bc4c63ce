package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.LineChart.Series;
import dev.calotype.report.LineChart.XScale;
import java.util.List;
import java.util.Locale;
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

    /** x of 420 - 54 - 12 = 354 from 54 on, y of 210 - 36 - 28 = 146 up from 174 on. */
    @Test
    void aCurveRunsFromTheLeftAndLowestToTheRightAndHighestOfThePlot() {
        LineChart chart = new LineChart(
                "a & b", "x", XScale.LINEAR, LineChart.YScale.LINEAR, List.of(series("", 2, -10, 4, 30, 6, 10)));
        assertThat(chart.svg())
                .isEqualTo(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 420 210\" role=\"img\" aria-label=\"a &amp; b\">"
                                + "<text x=\"8\" y=\"16\" class=\"title\">a &amp; b</text>"
                                + level(174, "-10") + level(137.5, "0") + level(101, "10") + level(64.5, "20")
                                + level(28, "30")
                                + mark(54, "middle", "2") + mark(231, "middle", "4") + mark(408, "end", "6")
                                + "<text x=\"408\" y=\"206\" class=\"tick\" text-anchor=\"end\">x</text>"
                                + "<polyline class=\"curve s0\" points=\"54.0,174.0 231.0,28.0 408.0,101.0 \"/>"
                                + dot(0, 54, 174) + dot(0, 231, 28) + dot(0, 408, 101) + "</svg>");
    }

    private static String level(double y, String label) {
        return String.format(
                Locale.ROOT,
                "<line x1=\"54\" x2=\"408\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>"
                        + "<text x=\"48\" y=\"%.1f\" class=\"tick\" text-anchor=\"end\">%s</text>",
                y,
                y,
                y + 4,
                label);
    }

    private static String mark(double x, String anchor, String label) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"190\" class=\"tick\" text-anchor=\"%s\">%s</text>",
                x,
                anchor,
                label);
    }

    private static String dot(int style, double x, double y) {
        return String.format(Locale.ROOT, "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", style, x, y);
    }

    @Test
    void severalCurvesAreNamedBelowInTheirStylesWhichRepeatAfterEight() {
        List<Series> nine = IntStream.range(0, 9)
                .mapToObj(i -> series("c" + i, 0, i, 1, i + 1))
                .toList();
        String svg = new LineChart("t", "x", XScale.LINEAR, LineChart.YScale.LINEAR, nine).svg();
        assertThat(svg)
                .contains("viewBox=\"0 0 420 360\"") // 210 + 9 * 16 + 6
                .contains("<line class=\"curve s0\" x1=\"54\" x2=\"80\" y1=\"216\" y2=\"216\"/>"
                        + "<text x=\"86\" y=\"220\" class=\"tick\">c0</text>")
                .contains("<line class=\"curve s7\" x1=\"54\" x2=\"80\" y1=\"328\" y2=\"328\"/>"
                        + "<text x=\"86\" y=\"332\" class=\"tick\">c7</text>")
                .contains("<line class=\"curve s0\" x1=\"54\" x2=\"80\" y1=\"344\" y2=\"344\"/>"
                        + "<text x=\"86\" y=\"348\" class=\"tick\">c8</text>");
    }

    @Test
    void aLevelCurveRunsInTheMiddleAndManyPointsHaveNoDots() {
        assertThat(LineChart.of("t", "x", series("", 0, 3, 1, 3)).svg()).contains("points=\"54.0,101.0 408.0,101.0 \"");
        assertThat(LineChart.of("t", "x", series("", 0, 0, 1, 0)).svg())
                .contains("points=\"54.0,101.0 408.0,101.0 \"", level(174, "-5.0e-03"), level(28, "5.0e-03"));
        Series twelve = Series.of("", IntStream.range(0, 12).boxed().toList(), i -> i, i -> i);
        Series thirteen = Series.of("", IntStream.range(0, 13).boxed().toList(), i -> i, i -> i);
        assertThat(LineChart.of("t", "x", twelve).svg()).contains("class=\"dot s0\"");
        assertThat(LineChart.of("t", "x", thirteen).svg()).doesNotContain("class=\"dot");
    }

    @Test
    void bothScalesCanBeLogarithmic() {
        LineChart chart = new LineChart("t", "x", XScale.LOGARITHMIC, List.of(series("", 1, 1, 10, 100, 100, 10000)));
        assertThat(chart.svg())
                .contains("points=\"54.0,174.0 231.0,101.0 408.0,28.0 \"")
                .contains(
                        level(174, "1"), level(137.5, "10"), level(101, "100"), level(64.5, "1000"), level(28, "10k"));
        assertThat(chart.marking(List.of(1.0, 10.0, 100.0, 101.0)).svg())
                .contains("x1=\"54.0\" x2=\"54.0\" y1=\"28\" y2=\"174\" class=\"moment\"")
                .contains("x1=\"231.0\" x2=\"231.0\" y1=\"28\" y2=\"174\" class=\"moment\"")
                .contains("x1=\"408.0\" x2=\"408.0\" y1=\"28\" y2=\"174\" class=\"moment\"")
                .doesNotContain("x1=\"408.8\"");
        Series many = Series.of("", IntStream.rangeClosed(0, 8).boxed().toList(), i -> Math.pow(10, i), i -> i);
        assertThat(new LineChart("t", "x", XScale.LOGARITHMIC, List.of(many)).svg())
                .contains(mark(54, "middle", "1"), mark(142.5, "middle", "100"), mark(231, "middle", "10k"))
                .contains(mark(319.5, "middle", "1M"), mark(408, "end", "100M"));
    }

    @Test
    void sixPointsLabelTheirPlacesAndSevenDoNot() {
        Series six = Series.of("", List.of(1, 2, 4, 7, 11, 16), i -> i, i -> i);
        Series seven = Series.of("", List.of(1, 2, 4, 7, 11, 16, 22), i -> i, i -> i);
        assertThat(LineChart.of("t", "x", six).svg()).contains(">11</text>");
        assertThat(LineChart.of("t", "x", seven).svg())
                .doesNotContain("y=\"190\" class=\"tick\" text-anchor=\"middle\">11</text>")
                .contains(">6.25</text>", ">16.8</text>");
    }

    @Test
    void numbersAreShort() {
        for (String number : List.of(
                "0.0100", "9.9e-03", "0.123", "99.9", "100", "1000", "9999", "10k", "12.3k", "123k", "999k", "1M",
                "1.25M", "12M", "2.0e+09"))
            assertThat(LineChart.of("t", "x", series("", 0, 0, label(number), 1))
                            .svg())
                    .contains("text-anchor=\"end\">" + number + "</text>");
    }

    private static double label(String number) {
        if (number.endsWith("M")) return 1e6 * Double.parseDouble(number.substring(0, number.length() - 1));
        return number.endsWith("k")
                ? 1000 * Double.parseDouble(number.substring(0, number.length() - 1))
                : Double.parseDouble(number) + (number.equals("99.9") ? 0.0001 : 0);
    }

    @Test
    void aChartWithoutPointsIsEmpty() {
        assertThat(LineChart.of("t", "x", series("")).empty()).isTrue();
        assertThat(new LineChart("t", "x", XScale.LINEAR, List.of(series("a"), series("b", 1, 2))).empty())
                .isFalse();
        Document page = new Document("p")
                .charts(List.of(LineChart.of("none", "x", series("")), LineChart.of("one", "x", series("", 1, 2))))
                .charts(List.of(LineChart.of("none", "x", series(""))));
        assertThat(page.blocks()).singleElement().satisfies(block -> assertThat(((Block.Charts) block).charts())
                .extracting(LineChart::title)
                .containsExactly("one"));
    }

    @Test
    void aNameOf46LettersIsWhole() {
        String whole = "x".repeat(46);
        String svg =
                new LineChart("t", "x", XScale.LINEAR, List.of(series(whole, 0, 1), series(whole + "y", 0, 2))).svg();
        assertThat(svg).contains(">" + whole + "</text>", ">" + "x".repeat(45) + "…</text>");
    }
}
