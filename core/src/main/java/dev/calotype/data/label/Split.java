package dev.calotype.data.label;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A part of a data set, recognised by the words in the names of files and folders. */
public enum Split {
    /** The training part if there are several parts, or else everything. */
    ANY(""),
    TRAIN("train|training|data_batch"),
    VALIDATION("val|valid|validation"),
    TEST("test|testing|t10k");

    private final List<String> words;
    private final Pattern pattern;

    Split(String words) {
        this.words = List.of(words.split("\\|"));
        pattern = Pattern.compile("(?<![a-z])(" + words + ")(?![a-z])");
    }

    /** The part that {@code word} asks for: train, val or test; null if it is none of them. */
    public static Split named(String word) {
        return switch (word) {
            case "train" -> TRAIN;
            case "val", "validation" -> VALIDATION;
            case "test" -> TEST;
            default -> null;
        };
    }

    /** The part that a file or folder of this name belongs to, or null. */
    public static Split of(String name) {
        for (Split split : List.of(TRAIN, VALIDATION, TEST)) if (split.holds(name)) return split;
        return null;
    }

    /** Whether a folder is called as a part and nothing else, so that it is no class. */
    public static boolean isPart(String name) {
        return List.of(TRAIN, VALIDATION, TEST).stream()
                .anyMatch(split -> split.words.contains(name.toLowerCase(Locale.ROOT)));
    }

    /** What people call it in names. */
    List<String> words() {
        return words;
    }

    public String word() {
        return this == VALIDATION ? "val" : toString().toLowerCase(Locale.ROOT);
    }

    /** The folder's name with the part behind it. */
    public String name(Path folder) {
        return this == ANY ? folder.toString() : folder + ":" + word();
    }

    /** Whether some of these are for training and some for another purpose. */
    public static boolean separates(List<Path> paths) {
        return separateNames(names(paths));
    }

    /** {@link #separates} of names without folders. */
    static boolean separateNames(List<String> names) {
        return names.stream().anyMatch(TRAIN::holds)
                && names.stream().anyMatch(n -> VALIDATION.holds(n) || TEST.holds(n));
    }

    /** The only path of this part. */
    public Path chooseOne(Path folder, List<Path> paths) throws IOException {
        List<Path> chosen = choose(folder, paths);
        if (chosen.size() == 1) return chosen.get(0);
        throw new IOException(folder + " holds several data sets, name one of them: " + listed(names(chosen)));
    }

    /** The paths of this part; a test part falls back on a validation part. */
    public List<Path> choose(Path folder, List<Path> paths) throws IOException {
        List<String> chosen = chooseNames(folder.toString(), names(paths));
        return paths.stream()
                .filter(p -> chosen.contains(p.getFileName().toString()))
                .toList();
    }

    /** {@link #choose} of names without folders. */
    public List<String> chooseNames(String where, List<String> names) throws IOException {
        if (this == ANY) return separateNames(names) ? TRAIN.chooseNames(where, names) : names;
        List<String> chosen = names.stream().filter(this::holds).toList();
        if (!chosen.isEmpty()) return chosen;
        if (this == TEST && names.stream().anyMatch(VALIDATION::holds)) return VALIDATION.chooseNames(where, names);
        throw new IOException(where + " has no part " + word() + ": it holds "
                + (names.isEmpty() ? "neither parts nor sub-folders" : listed(names)));
    }

    /** Whether {@link #choose} would find something. */
    public boolean isAmong(List<Path> paths) {
        List<String> names = names(paths);
        return names.stream().anyMatch(this::holds)
                || this == TEST && names.stream().anyMatch(VALIDATION::holds);
    }

    private static List<String> names(List<Path> paths) {
        return paths.stream().map(p -> p.getFileName().toString()).toList();
    }

    private static String listed(List<String> names) {
        return names.stream().limit(10).collect(Collectors.joining(", "));
    }

    /** Whether the word stands in the name by itself: {@code cifar10-train-jpg} has train, {@code trains} has not. */
    private boolean holds(String name) {
        return pattern.matcher(name.toLowerCase(Locale.ROOT)).find();
    }
}
