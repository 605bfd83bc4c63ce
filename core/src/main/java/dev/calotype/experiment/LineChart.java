package dev.calotype.experiment;

import java.util.List;
import java.util.Locale;

/** A curve as SVG, such as the loss over the steps; a logarithmic scale where all values are positive. */
record LineChart(String title, String xLabel, List<double[]> points) {
    private static final int WIDTH = 640, HEIGHT = 260, LEFT = 64, BOTTOM = 36, TOP = 26, RIGHT = 12;
    private static final int TICKS = 5;

    String svg() {
        List<double[]> shown = points.stream()
                .filter(p -> Double.isFinite(p[0]) && Double.isFinite(p[1]))
                .toList();
        if (shown.isEmpty()) return "";
        boolean log = shown.stream().allMatch(p -> p[1] > 0);
        double x0 = shown.get(0)[0], x1 = Math.max(x0 + 1e-9, shown.get(shown.size() - 1)[0]);
        double y0 = shown.stream().mapToDouble(p -> scale(p[1], log)).min().orElseThrow();
        double y1 = Math.max(
                y0 + 1e-9,
                shown.stream().mapToDouble(p -> scale(p[1], log)).max().orElseThrow());
        StringBuilder svg = new StringBuilder(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><text x=\"%d\" y=\"16\" class=\"title\">%s</text>",
                WIDTH, HEIGHT, Html.escape(title), LEFT, Html.escape(title)));
        for (int i = 0; i < TICKS; i++) {
            double share = i / (TICKS - 1.0);
            double value = y0 + share * (y1 - y0);
            double y = HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
            svg.append(format(
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>", LEFT, WIDTH - RIGHT, y, y));
            svg.append(format(
                    "<text x=\"%d\" y=\"%.1f\" class=\"tick\" text-anchor=\"end\">%s</text>",
                    LEFT - 6, y + 4, number(log ? Math.pow(10, value) : value)));
            double x = LEFT + share * (WIDTH - LEFT - RIGHT);
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" class=\"tick\" text-anchor=\"middle\">%s</text>",
                    x, HEIGHT - BOTTOM + 16, number(x0 + share * (x1 - x0))));
        }
        svg.append(format(
                "<text x=\"%d\" y=\"%d\" class=\"tick\" text-anchor=\"end\">%s</text><polyline class=\"curve\" points=\"",
                WIDTH - RIGHT, HEIGHT - 4, Html.escape(xLabel)));
        for (double[] p : shown)
            svg.append(format(
                    "%.1f,%.1f ",
                    LEFT + (p[0] - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT),
                    HEIGHT - BOTTOM - (scale(p[1], log) - y0) / (y1 - y0) * (HEIGHT - BOTTOM - TOP)));
        return svg.append("\"/></svg>").toString();
    }

    private static double scale(double value, boolean log) {
        return log ? Math.log10(value) : value;
    }

    private static String number(double value) {
        return Math.abs(value) >= 100 ? format("%.0f", value) : format("%.3g", value);
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
