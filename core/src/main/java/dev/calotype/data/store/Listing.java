package dev.calotype.data.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Collects the files of a store that matter: pictures, the labels and captions beside them, and lists of both. The
 * others are counted, each with its reason.
 */
public final class Listing {
    public static final String HIDDEN = "hidden files and those that a system keeps for itself";
    private static final String TWICE = "files that an archive holds twice under one name, of which the last is read";
    private static final String ARCHIVES =
            "archives among other files, which are not opened: name the archive, or a folder of archives alone";
    private static final String ARRAYS =
            "NumPy arrays among other files, which are not opened: name the file of the array itself";
    private static final String TABLES =
            "Parquet tables, which are not read: write captions and labels as metadata.csv, pictures as files";
    public static final String OTHERS = "files that are not pictures";
    private static final Set<String> OF_A_SYSTEM = Set.of("thumbs.db", "ehthumbs.db", "desktop.ini");
    private static final Set<String> SIDECARS = Set.of("cls", "txt", "json");
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(zip|tar|tgz|gz|tbz2?|bz2|txz|xz|zst|7z|rar)");
    private static final int MAX_FILES = 1 << 24;
    private static final int MAX_EXTENSIONS = 12;

    private final List<StoredFile> pictures = new ArrayList<>();
    private final List<StoredFile> videos = new ArrayList<>();
    private final Map<String, StoredFile> texts = new HashMap<>();
    private final List<StoredFile> allTexts = new ArrayList<>();
    private final List<StoredFile> lists = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final Map<String, Integer> extensions = new TreeMap<>();
    private final LeftOut leftOut = new LeftOut();
    private final Set<StoredFile> linked = new HashSet<>();
    private Neighbours neighbours;
    private boolean sorted;
    private boolean grouped;

    /** Notes one file. What is hidden, of a system, or has nothing to do with pictures is only counted. */
    void add(String path, long locator, long size) throws IOException {
        StoredFile file = noted(path, locator, size);
        if (file == null) return;
        String extension = file.extension();
        if (PictureNames.isRead(extension)) pictures.add(file);
        else if (VideoNames.isRead(extension)) videos.add(file);
        else if (ListNames.isList(file.baseName())) lists.add(file);
        else if (SIDECARS.contains(extension)) {
            texts.put(file.name(), file);
            allTexts.add(file);
        } else leftOut.add(whyNot(file.baseName().toLowerCase(Locale.ROOT), extension), file.name());
        if (neighbours != null) linked.add(file);
        if (pictures.size() + videos.size() + allTexts.size() > MAX_FILES)
            throw new IOException("holds more than the " + MAX_FILES + " files that one data set may have");
    }

    /** Notes which files stand together; what is added later are links, which stand nowhere. */
    void neighbours(Neighbours found) {
        neighbours = found;
    }

    /** Which files stand together, or null where they have no order, as in a folder. */
    public Neighbours neighbours() {
        return neighbours;
    }

    /** The number of the run of neighbours that a file belongs to; -1 for links and where files have no order. */
    public int run(StoredFile file) {
        return neighbours == null || linked.contains(file) ? -1 : neighbours.runOf(file.locator());
    }

    /** Notes a list that lies outside the store and is named by where it lies. */
    void addList(StoredFile list) {
        lists.add(list);
    }

    /** Notes one folder, to tell if it turns out to hold no picture. */
    void addFolder(String path) {
        String name = plain(path);
        if (!name.isEmpty() && !isHidden(name) && folders.size() < MAX_FILES) folders.add(name);
    }

    /** Notes one file that cannot be read. */
    void leave(String path, String reason) {
        StoredFile file = noted(path, 0, 0);
        if (file != null) leftOut.add(reason, file.name());
    }

    /** Notes a whole folder that is hidden. */
    void hide(String path) {
        leftOut.aside(HIDDEN, path);
    }

    /** Whether a file of this path is hidden or one that a system keeps for itself. */
    public static boolean isHidden(String path) {
        return path.startsWith(".")
                || path.contains("/.")
                || path.startsWith("__MACOSX/")
                || path.contains("/__MACOSX/")
                || path.equalsIgnoreCase("__macosx")
                || path.contains("@eaDir")
                || isOfASystem(path);
    }

    private static boolean isOfASystem(String path) {
        char last = path.charAt(path.length() - 1);
        boolean perhaps = "bBiI".indexOf(last) >= 0;
        return perhaps
                && OF_A_SYSTEM.contains(
                        path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT));
    }

    /** The pictures, sorted by name; of several of one name the last, or of each sample of a WebDataset. */
    public List<StoredFile> pictures() {
        if (!sorted) sort();
        sorted = true;
        return Collections.unmodifiableList(pictures);
    }

    /** The videos, sorted by name. */
    public List<StoredFile> videos() {
        return videos.stream().sorted().toList();
    }

    /** The files that list captions and labels, sorted by name, those outside the store last. */
    public List<StoredFile> lists() {
        return lists.stream()
                .sorted(Comparator.comparing((StoredFile list) -> list.name().startsWith("../"))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** The caption or label file of this path, or null. */
    public StoredFile text(String path) {
        return texts.get(path);
    }

    /** All caption and label files, in the order of the store. */
    public List<StoredFile> texts() {
        return Collections.unmodifiableList(allTexts);
    }

    /** Whether files stand together as those of a WebDataset: some caption or label is that of a picture. */
    public boolean isGrouped() {
        pictures();
        return grouped;
    }

    /** Whether a picture's name begins as that of a caption or label. */
    public boolean hasPictureOf(StoredFile text) {
        return anyBegins(pictures(), text.stem() + ".");
    }

    public boolean hasTexts() {
        return !texts.isEmpty();
    }

    /** What is not used, without the pictures that a reader passes over. */
    public LeftOut leftOut() {
        return leftOut;
    }

    /** Counts the folders without pictures and the captions and labels beside none. */
    public void countLoneFiles() {
        List<StoredFile> pictures = pictures();
        TreeSet<String> below = new TreeSet<>(folders);
        for (String folder : folders)
            if (!anyBegins(pictures, folder + "/") && !isAbove(folder, below))
                leftOut.add("folders without a picture that is read, which are no classes", folder + "/");
        for (StoredFile text : texts.values()) if (!hasPictureOf(text)) leftOut.add(OTHERS, text.name());
    }

    /** What was seen, for a message: {@code .txt (3), .webp (100)}. */
    public String seen() {
        if (extensions.isEmpty()) return "it is empty";
        return extensions.entrySet().stream()
                .map(e -> (e.getKey().isEmpty() ? "no extension" : "." + e.getKey()) + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", ", "it holds ", ""));
    }

    private StoredFile noted(String path, long locator, long size) {
        String name = plain(path);
        if (name.isEmpty()) return null;
        StoredFile file = new StoredFile(name, locator, size);
        if (isHidden(name)) {
            leftOut.aside(HIDDEN, name);
            return null;
        }
        String extension = file.extension();
        if (extensions.size() < MAX_EXTENSIONS || extensions.containsKey(extension))
            extensions.merge(extension, 1, Integer::sum);
        return file;
    }

    private static String whyNot(String baseName, String extension) {
        String refusal = PictureNames.refusal(extension);
        if (refusal == null) refusal = VideoNames.refusal(extension);
        if (refusal != null) return refusal;
        if (extension.equals("npy") || extension.equals("npz")) return ARRAYS;
        if (extension.equals("parquet")) return TABLES;
        return ARCHIVE.matcher(baseName).matches() ? ARCHIVES : OTHERS;
    }

    private void sort() {
        Collections.sort(pictures);
        grouped = neighbours != null && allTexts.stream().anyMatch(text -> anyBegins(pictures, text.stem() + "."));
        int kept = 0;
        for (int i = 0; i < pictures.size(); i++) {
            boolean last = i + 1 == pictures.size()
                    || !pictures.get(i).name().equals(pictures.get(i + 1).name());
            if (last || grouped) pictures.set(kept++, pictures.get(i));
            else leftOut.add(TWICE, pictures.get(i).name());
        }
        pictures.subList(kept, pictures.size()).clear();
    }

    private static boolean isAbove(String folder, TreeSet<String> folders) {
        String next = folders.ceiling(folder + "/");
        return next != null && next.startsWith(folder + "/");
    }

    private static boolean anyBegins(List<StoredFile> sorted, String beginning) {
        int at = Collections.binarySearch(sorted, new StoredFile(beginning, Long.MIN_VALUE, 0));
        int next = at < 0 ? -at - 1 : at;
        return next < sorted.size() && sorted.get(next).name().startsWith(beginning);
    }

    /** The path without empty, {@code .} and {@code ..} parts. */
    static String plain(String path) {
        if (!path.contains("./") && !path.contains("//") && !path.contains("\\") && !path.startsWith("/"))
            return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        List<String> parts = new ArrayList<>();
        for (String part : path.replace('\\', '/').split("/"))
            if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) parts.add(part);
        return String.join("/", parts);
    }
}
