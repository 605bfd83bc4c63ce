package dev.calotype.report;

import dev.calotype.sweep.Axis;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.Trial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the cells of a sweep are called: by what varies, for what is the same everywhere names nothing. */
record SweepNames(Sweep sweep) {
    /** The axes of training and those of sampling. */
    List<Axis> axes() {
        return Stream.concat(sweep.axes().stream(), sweep.variantAxes().stream())
                .toList();
    }

    /** The last axis of sampling, if it varies; the others may not. */
    Axis across() {
        List<Axis> axes = sweep.variantAxes();
        Axis last = axes.isEmpty() ? null : axes.get(axes.size() - 1);
        return last == null || last.settings().size() < 2 ? null : last;
    }

    /** Names of the axes that vary. */
    static List<String> varied(List<Axis> axes) {
        return axes.stream()
                .filter(axis -> axis.settings().size() > 1)
                .map(Axis::name)
                .toList();
    }

    /** The labels of those. */
    static List<String> varied(List<Axis> axes, List<String> labels) {
        return IntStream.range(0, labels.size())
                .filter(i -> axes.get(i).settings().size() > 1)
                .mapToObj(labels::get)
                .toList();
    }

    /** The first training of each cell. */
    List<Trial> firstSeeds() {
        Map<List<String>, Trial> first = new LinkedHashMap<>();
        sweep.trials().forEach(trial -> first.putIfAbsent(trial.cell(), trial));
        return List.copyOf(first.values());
    }

    String of(Trial trial) {
        List<String> labels = varied(sweep.axes(), trial.cell());
        if (!labels.isEmpty()) return String.join(", ", labels);
        return trial.cell().isEmpty() ? "seed " + trial.experiment().seed() : String.join(", ", trial.cell());
    }
}
