package dev.calotype.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A part of a data set, recognised by the words in the names of files and folders. */
enum Split {
    /** The training part if there are several parts, or else everything. */
    ANY(""),
    TRAIN("train|training|data_batch"),
    VALIDATION("val|valid|validation"),
    TEST("test|testing|t10k");

    private final Pattern pattern;

    Split(String words) {
        pattern = Pattern.compile("(?<![a-z])(" + words + ")(?![a-z])");
    }

    /** The part that {@code word} asks for: train, val or test; null if it is none of them. */
    static Split named(String word) {
        return switch (word) {
            case "train" -> TRAIN;
            case "val", "validation" -> VALIDATION;
            case "test" -> TEST;
            default -> null;
        };
    }

    String word() {
        return this == VALIDATION ? "val" : toString().toLowerCase(Locale.ROOT);
    }

    /** The folder's name with the part behind it. */
    String name(Path folder) {
        return this == ANY ? folder.toString() : folder + ":" + word();
    }

    /** Whether some of these are for training and some for another purpose. */
    static boolean separates(List<Path> paths) {
        return paths.stream().anyMatch(TRAIN::holds)
                && paths.stream().anyMatch(p -> VALIDATION.holds(p) || TEST.holds(p));
    }

    /** The only path of this part. */
    Path chooseOne(Path folder, List<Path> paths) throws IOException {
        List<Path> chosen = choose(folder, paths);
        if (chosen.size() == 1) return chosen.get(0);
        throw new IOException(folder + " holds several data sets, name one of them: " + names(chosen));
    }

    /** The paths of this part; a test part falls back on a validation part. */
    List<Path> choose(Path folder, List<Path> paths) throws IOException {
        if (this == ANY) return separates(paths) ? TRAIN.choose(folder, paths) : paths;
        List<Path> chosen = paths.stream().filter(this::holds).toList();
        if (!chosen.isEmpty()) return chosen;
        if (this == TEST && paths.stream().anyMatch(VALIDATION::holds)) return VALIDATION.choose(folder, paths);
        throw new IOException(folder + " has no part " + word() + ": it holds "
                + (paths.isEmpty() ? "neither parts nor sub-folders" : names(paths)));
    }

    private static String names(List<Path> paths) {
        return paths.stream().limit(10).map(p -> p.getFileName().toString()).collect(Collectors.joining(", "));
    }

    /** Whether the word stands in the name by itself: {@code cifar10-train-jpg} has train, {@code trains} has not. */
    private boolean holds(Path path) {
        return pattern.matcher(path.getFileName().toString().toLowerCase(Locale.ROOT))
                .find();
    }
}
