package dev.calotype.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report before it is a file: its pieces in their order. */
final class Document {
    private final String title;
    private final List<Block> blocks = new ArrayList<>();

    Document(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    List<Block> blocks() {
        return List.copyOf(blocks);
    }

    Document add(Block block) {
        blocks.add(block);
        return this;
    }

    Document section(String heading) {
        return add(new Block.Heading(2, heading));
    }

    Document paragraph(String text) {
        return add(new Block.Paragraph(text));
    }

    Document notes(List<String> notes) {
        notes.forEach(note -> add(new Block.Note(note)));
        return this;
    }

    Document facts(Map<String, String> rows) {
        return add(new Block.Facts(rows));
    }

    /** The curves that have points. */
    Document charts(List<LineChart> charts) {
        List<LineChart> drawn = charts.stream().filter(chart -> !chart.empty()).toList();
        return drawn.isEmpty() ? this : add(new Block.Charts(drawn));
    }

    /** Another document as a part of this one, a level deeper. */
    Document append(Document part) {
        add(new Block.Heading(2, part.title));
        for (Block block : part.blocks)
            add(block instanceof Block.Heading h ? new Block.Heading(h.level() + 1, h.text()) : block);
        return this;
    }

    static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }

    /** A time in the unit that suits it. */
    static String time(double seconds) {
        if (seconds < 120) return format("%.0f seconds", seconds);
        return seconds < 7200 ? format("%.1f minutes", seconds / 60) : format("%.1f hours", seconds / 3600);
    }
}
