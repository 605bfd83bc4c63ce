package dev.calotype.data.label;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The classes of a list of pictures.
 *
 * @param classes their names in the order of their numbers
 * @param of the number of each picture's class, or {@link #UNLABELLED}
 * @param source where they come from, or why there are none, in words
 */
public record Labels(List<String> classes, int[] of, String source) {
    /** The number of a picture without a class. */
    public static final int UNLABELLED = -1;

    /** The source where the rule is {@link LabelRule#NONE}. */
    public static final String NOT_ASKED = "none: asked for so";

    private static final int MAX_NUMBERED = 1_000_000;

    /** Applies a rule other than AUTO's sidecars and lists to the names of pictures. */
    public static Labels byName(LabelRule rule, List<String> names) throws IOException {
        return switch (rule) {
            case NONE -> none(names.size(), NOT_ASKED);
            case PREFIX -> named(prefixes(names), "the names up to the first underscore");
            case FOLDER -> named(requiredFolders(names), "sub-folders");
            case AUTO -> automatic(TopFolders.of(names), names);
        };
    }

    private static Labels automatic(TopFolders top, List<String> names) {
        List<String> folders = top.distinct();
        if (!top.holdAll()) return none(names.size(), "none: not every picture lies in a sub-folder");
        if (folders.size() < 2) return none(names.size(), "none: there is only one folder");
        if (folders.stream().allMatch(Split::isPart))
            return none(names.size(), "none: the folders " + some(folders) + " are parts and no classes");
        if (NumberedChunks.are(top, names))
            return none(
                    names.size(),
                    "none: the folders " + some(folders) + " are chunks through which the numbers of the files go on,"
                            + " and no classes (the rule folder takes them as classes)");
        if (HashedFolders.are(top, names))
            return none(
                    names.size(),
                    "none: the folders " + some(folders) + " spread files by digits of their names, and are no classes"
                            + " (the rule folder takes them as classes)");
        return named(top.of(), "sub-folders");
    }

    private static String some(List<String> folders) {
        String first = String.join(", ", folders.subList(0, Math.min(3, folders.size())));
        return folders.size() > 3 ? first + ", ..." : first;
    }

    public static Labels none(int count, String why) {
        int[] labels = new int[count];
        Arrays.fill(labels, UNLABELLED);
        return new Labels(List.of(), labels, why);
    }

    /** Labels that are whole numbers 0, 1, ... if all of them are, or else names; null stands for unlabelled. */
    public static Labels written(String[] texts, String source) throws IOException {
        boolean numbers = Arrays.stream(texts).allMatch(t -> t == null || t.matches("\\d{1,9}"));
        if (!numbers) return named(texts, source);
        int[] labels = new int[texts.length];
        int classes = 0;
        for (int i = 0; i < texts.length; i++) {
            labels[i] = texts[i] == null ? UNLABELLED : Integer.parseInt(texts[i]);
            classes = Math.max(classes, labels[i] + 1);
        }
        if (classes > MAX_NUMBERED) throw new IOException("label " + (classes - 1) + " must be below " + MAX_NUMBERED);
        return new Labels(numbered(classes), labels, source);
    }

    /** The names 0, 1, ... of classes that have no others. */
    public static List<String> numbered(int classes) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) names.add(Integer.toString(i));
        return List.copyOf(names);
    }

    private static Labels named(String[] names, String source) {
        TreeSet<String> sorted = new TreeSet<>();
        for (String name : names) if (name != null) sorted.add(name);
        List<String> classes = List.copyOf(sorted);
        Map<String, Integer> number = new HashMap<>();
        for (String name : classes) number.put(name, number.size());
        int[] labels = new int[names.length];
        for (int i = 0; i < names.length; i++) labels[i] = number.getOrDefault(names[i], UNLABELLED);
        return new Labels(classes, labels, source);
    }

    private static String[] prefixes(List<String> names) throws IOException {
        String[] prefixes = new String[names.size()];
        for (int i = 0; i < prefixes.length; i++) {
            String base = names.get(i).substring(names.get(i).lastIndexOf('/') + 1);
            int underscore = base.indexOf('_');
            if (underscore < 1)
                throw new IOException("no label before an underscore in the name " + names.get(i)
                        + ": labels by prefix want names like cat_1.png");
            prefixes[i] = base.substring(0, underscore).intern();
        }
        return prefixes;
    }

    private static String[] requiredFolders(List<String> names) throws IOException {
        TopFolders top = TopFolders.of(names);
        if (!top.distinct().isEmpty()) return top.of();
        String shared = top.shared();
        if (shared.isEmpty()) throw new IOException("no sub-folders to take labels from: put each class in one");
        String last = shared.substring(shared.lastIndexOf('/', shared.length() - 2) + 1, shared.length() - 1);
        String[] folders = new String[names.size()];
        Arrays.fill(folders, last);
        return folders;
    }
}
