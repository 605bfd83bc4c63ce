package dev.calotype.report;

import static dev.calotype.report.Document.format;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Curves as SVG, such as the loss over the steps.
 *
 * @param xScale of the horizontal axis
 * @param yScale of the vertical axis
 * @param moments marked by upright lines where they lie between the ends of the horizontal axis
 */
record LineChart(String title, String xLabel, XScale xScale, YScale yScale, List<Series> series, List<Double> moments) {
    /** Values on a logarithmic scale where all are positive. */
    LineChart(String title, String xLabel, XScale xScale, List<Series> series) {
        this(title, xLabel, xScale, YScale.LOGARITHMIC_IF_POSITIVE, series);
    }

    LineChart(String title, String xLabel, XScale xScale, YScale yScale, List<Series> series) {
        this(title, xLabel, xScale, yScale, series, List.of());
    }

    /** The vertical scale. */
    enum YScale {
        LOGARITHMIC_IF_POSITIVE,
        /** For what is logarithmic already, such as dB. */
        LINEAR
    }

    /** The horizontal scale. */
    enum XScale {
        LINEAR,
        /** For positive numbers that grow by factors. */
        LOGARITHMIC
    }

    /** A curve of points (x, y). */
    record Series(String name, List<double[]> points) {
        /** One point for each item; of many, the means of neighbours. Points that are not finite are left out. */
        static <T> Series of(String name, List<T> items, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
            List<double[]> points = items.stream()
                    .map(item -> new double[] {x.applyAsDouble(item), y.applyAsDouble(item)})
                    .filter(p -> Double.isFinite(p[0]) && Double.isFinite(p[1]))
                    .toList();
            int group = (points.size() + MAX_POINTS - 1) / MAX_POINTS;
            if (group <= 1) return new Series(name, points);
            List<double[]> means = new ArrayList<>();
            for (int i = 0; i < points.size(); i += group) {
                List<double[]> part = points.subList(i, Math.min(points.size(), i + group));
                means.add(new double[] {mean(part, 0), mean(part, 1)});
            }
            return new Series(name, means);
        }

        private static double mean(List<double[]> points, int coordinate) {
            return points.stream().mapToDouble(p -> p[coordinate]).average().orElseThrow();
        }
    }

    /** Colours and dashes that are told apart; further curves repeat them. */
    static final int STYLES = 8;

    private static final int MAX_POINTS = 300;
    private static final int WIDTH = 420, PLOT = 210, LEFT = 54, BOTTOM = 36, TOP = 28, RIGHT = 12;
    private static final int LEGEND = 16, LONG_NAME = 46;
    private static final int TICKS = 5, FEW = 6;

    /** A single curve over linear steps. */
    static LineChart of(String title, String xLabel, Series series) {
        return new LineChart(title, xLabel, XScale.LINEAR, List.of(series));
    }

    /** The same with {@code moments} marked. */
    LineChart marking(List<Double> moments) {
        return new LineChart(title, xLabel, xScale, yScale, series, moments);
    }

    boolean empty() {
        return series.stream().allMatch(s -> s.points().isEmpty());
    }

    /** An {@code svg} element whose classes a style sheet must colour. */
    String svg() {
        Plot plot = new Plot();
        int height = PLOT + (series.size() > 1 ? LEGEND * series.size() + 6 : 0);
        StringBuilder svg = new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
                        + "<text x=\"8\" y=\"16\" class=\"title\">%s</text>",
                WIDTH, height, Html.escape(title), Html.escape(title)));
        for (int i = 0; i < TICKS; i++) plot.level(svg, i / (TICKS - 1.0));
        plot.marks().forEach(x -> plot.mark(svg, x));
        moments.forEach(x -> plot.moment(svg, x));
        svg.append(format(
                "<text x=\"%d\" y=\"%d\" class=\"tick\" text-anchor=\"end\">%s</text>",
                WIDTH - RIGHT, PLOT - 4, Html.escape(xLabel)));
        for (int i = 0; i < series.size(); i++) plot.curve(svg, i);
        return svg.append("</svg>").toString();
    }

    /** The scales of one drawing. */
    private final class Plot {
        private final boolean log;
        private final double x0, x1, y0, y1;

        Plot() {
            log = yScale != YScale.LINEAR && points().allMatch(p -> p[1] > 0);
            x0 = points().mapToDouble(p -> x(p[0])).min().orElse(0);
            x1 = Math.max(x0 + 1e-9, points().mapToDouble(p -> x(p[0])).max().orElse(1));
            double low = points().mapToDouble(p -> y(p[1])).min().orElse(0);
            double high = points().mapToDouble(p -> y(p[1])).max().orElse(1);
            double flat =
                    high - low < 1e-6 ? 0.05 * Math.max(0.1, Math.abs(low)) : 0; // a level curve runs in the middle
            y0 = low - flat;
            y1 = high + flat;
        }

        private Stream<double[]> points() {
            return series.stream().flatMap(s -> s.points().stream());
        }

        private double x(double value) {
            return xScale == XScale.LOGARITHMIC ? Math.log10(value) : value;
        }

        private double y(double value) {
            return log ? Math.log10(value) : value;
        }

        void level(StringBuilder svg, double share) {
            double height = PLOT - BOTTOM - share * (PLOT - BOTTOM - TOP);
            double value = y0 + share * (y1 - y0);
            svg.append(format(
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" class=\"tick\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    height,
                    height,
                    LEFT - 6,
                    height + 4,
                    number(log ? Math.pow(10, value) : value)));
        }

        /** Where the horizontal axis is labelled: at the points themselves where they are few. */
        List<Double> marks() {
            List<Double> own = points().map(p -> p[0]).distinct().sorted().toList();
            if (own.size() <= FEW) return own;
            return IntStream.range(0, TICKS)
                    .mapToDouble(i -> x0 + i / (TICKS - 1.0) * (x1 - x0))
                    .map(x -> xScale == XScale.LOGARITHMIC ? Math.pow(10, x) : x)
                    .boxed()
                    .toList();
        }

        void mark(StringBuilder svg, double x) {
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" class=\"tick\" text-anchor=\"%s\">%s</text>",
                    across(x), PLOT - BOTTOM + 16, across(x) > WIDTH - RIGHT - 1 ? "end" : "middle", number(x)));
        }

        void moment(StringBuilder svg, double x) {
            if (x(x) < x0 || x(x) > x1) return;
            svg.append(format(
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"moment\"/>",
                    across(x), across(x), TOP, PLOT - BOTTOM));
        }

        void curve(StringBuilder svg, int index) {
            Series one = series.get(index);
            String style = "curve s" + index % STYLES;
            svg.append("<polyline class=\"").append(style).append("\" points=\"");
            for (double[] p : one.points()) svg.append(format("%.1f,%.1f ", across(p[0]), up(p[1])));
            svg.append("\"/>");
            if (one.points().size() <= 12)
                for (double[] p : one.points())
                    svg.append(format(
                            "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>",
                            index % STYLES, across(p[0]), up(p[1])));
            if (series.size() == 1) return;
            int y = PLOT + LEGEND * index + 10;
            svg.append(format(
                    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
                            + "<text x=\"%d\" y=\"%d\" class=\"tick\">%s</text>",
                    style, LEFT, LEFT + 26, y - 4, y - 4, LEFT + 32, y, Html.escape(shortened(one.name()))));
        }

        private double across(double x) {
            return LEFT + (x(x) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
        }

        private double up(double y) {
            return PLOT - BOTTOM - (y(y) - y0) / (y1 - y0) * (PLOT - BOTTOM - TOP);
        }
    }

    private static String shortened(String name) {
        return name.length() <= LONG_NAME ? name : name.substring(0, LONG_NAME - 1) + "…";
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size >= 999_500_000) return format("%.1e", value);
        if (size >= 999_500) return format("%.3gM", value / 1e6).replaceAll("\\.0*M", "M");
        if (size >= 10_000) return format("%.3gk", value / 1000).replaceAll("\\.0*k", "k");
        if (size >= 100 || value == Math.rint(value)) return format("%.0f", value);
        return size >= 0.01 ? format("%.3g", value) : format("%.1e", value);
    }
}
