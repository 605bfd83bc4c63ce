package dev.calotype.data;

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
 * @param of the number of each picture's class, or {@link Sample#UNLABELLED}
 */
record Labels(List<String> classes, int[] of) {
    private static final int MAX_NUMBERED = 1_000_000;

    /** Applies a rule other than AUTO's sidecars to the names of pictures. */
    static Labels byName(LabelRule rule, List<String> names) throws IOException {
        return switch (rule) {
            case NONE -> none(names.size());
            case PREFIX -> named(prefixes(names));
            case FOLDER -> named(requiredFolders(names));
            case AUTO -> {
                String[] folders = folders(names);
                boolean all = !Arrays.asList(folders).contains(null);
                yield all && Arrays.stream(folders).distinct().count() > 1 ? named(folders) : none(names.size());
            }
        };
    }

    static Labels none(int count) {
        int[] labels = new int[count];
        Arrays.fill(labels, Sample.UNLABELLED);
        return new Labels(List.of(), labels);
    }

    /** Labels that are whole numbers 0, 1, ... if all of them are, or else names; null stands for unlabelled. */
    static Labels written(String[] texts) throws IOException {
        boolean numbers = Arrays.stream(texts).allMatch(t -> t == null || t.matches("\\d{1,9}"));
        if (!numbers) return named(texts);
        int[] labels = new int[texts.length];
        int classes = 0;
        for (int i = 0; i < texts.length; i++) {
            labels[i] = texts[i] == null ? Sample.UNLABELLED : Integer.parseInt(texts[i]);
            classes = Math.max(classes, labels[i] + 1);
        }
        if (classes > MAX_NUMBERED) throw new IOException("label " + (classes - 1) + " must be below " + MAX_NUMBERED);
        return new Labels(numbered(classes), labels);
    }

    /** The names 0, 1, ... of classes that have no others. */
    static List<String> numbered(int classes) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) names.add(Integer.toString(i));
        return List.copyOf(names);
    }

    private static Labels named(String[] names) {
        TreeSet<String> sorted = new TreeSet<>();
        for (String name : names) if (name != null) sorted.add(name);
        List<String> classes = List.copyOf(sorted);
        Map<String, Integer> number = new HashMap<>();
        for (String name : classes) number.put(name, number.size());
        int[] labels = new int[names.length];
        for (int i = 0; i < names.length; i++) labels[i] = number.getOrDefault(names[i], Sample.UNLABELLED);
        return new Labels(classes, labels);
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
        String[] folders = folders(names);
        if (Arrays.stream(folders).anyMatch(f -> f != null)) return folders;
        String shared = sharedFolder(names);
        if (shared.isEmpty()) throw new IOException("no sub-folders to take labels from: put each class in one");
        String last = shared.substring(shared.lastIndexOf('/', shared.length() - 2) + 1, shared.length() - 1);
        Arrays.fill(folders, last);
        return folders;
    }

    /** The first folder of each name below the folders that all share; null where there is none. */
    private static String[] folders(List<String> names) {
        int from = sharedFolder(names).length();
        String[] folders = new String[names.size()];
        for (int i = 0; i < folders.length; i++) {
            int slash = names.get(i).indexOf('/', from);
            folders[i] = slash < 0 ? null : names.get(i).substring(from, slash).intern();
        }
        return folders;
    }

    /** The longest folder that all names lie in, with its slash; empty if there is none. */
    private static String sharedFolder(List<String> names) {
        String shared = names.get(0).substring(0, names.get(0).lastIndexOf('/') + 1);
        for (String name : names)
            while (!name.startsWith(shared))
                shared = shared.substring(0, shared.lastIndexOf('/', shared.length() - 2) + 1);
        return shared;
    }
}
