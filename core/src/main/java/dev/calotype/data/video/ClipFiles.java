package dev.calotype.data.video;

import dev.calotype.data.store.FolderStore;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.StoredFile;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The clips of a folder: videos, GIF and WebP files; folders of numbered pictures, one for each frame; pictures that are strips of
 * square frames. With a list {@code annotations.txt} (a folder, the numbers of its first and last frame and a label in each line) the clips are
 * those of the list.
 */
public final class ClipFiles {
    private static final String LIST = "annotations.txt";
    private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\p{Nd}{1,18})");
    private static final Pattern ROW = Pattern.compile("(.+?)\\s+(\\d{1,9})\\s+(\\d{1,9})\\s+(\\S+)");

    private final FolderStore store;
    private final LeftOut leftOut;
    private final List<Clip> clips = new ArrayList<>();
    private final KeptStrips kept = KeptStrips.usual();

    /**
     * One clip.
     *
     * @param file that it is named by; a folder of frames stands for them
     * @param label that a list gives it; null where none does
     */
    public record Clip(StoredFile file, Video video, String label) {
        Clip(StoredFile file, Footage footage, String label) {
            this(file, new Video(footage), label);
        }
    }

    private ClipFiles(FolderStore store, LeftOut leftOut) {
        this.store = store;
        this.leftOut = leftOut;
    }

    /**
     * Sorted by name; what is no clip is counted.
     *
     * @throws IOException if pictures or a list cannot be read
     */
    public static List<Clip> of(FolderStore store, LeftOut leftOut) throws IOException {
        ClipFiles files = new ClipFiles(store, leftOut);
        for (StoredFile video : store.listing().videos())
            files.clips.add(new Clip(video, new VideoFootage(store.path(video)), null));
        Map<String, List<StoredFile>> folders =
                new TreeMap<>(store.listing().pictures().stream().collect(Collectors.groupingBy(StoredFile::folder)));
        StoredFile list = store.listing().text(LIST);
        if (list != null) files.listed(list, folders);
        for (Map.Entry<String, List<StoredFile>> folder : folders.entrySet())
            files.pictures(folder.getKey(), folder.getValue());
        files.clips.sort(Comparator.comparing(Clip::file));
        return files.clips;
    }

    private void pictures(String folder, List<StoredFile> pictures) throws IOException {
        List<StoredFile> stills = new ArrayList<>();
        for (StoredFile picture : pictures) {
            Optional<Footage> animation = animation(picture);
            if (animation.isPresent()) clips.add(new Clip(picture, animation.get(), null));
            else stills.add(picture);
        }
        if (stills.isEmpty()) return;
        Picture first = ImageFiles.decode(store.read(stills.get(0)), 1);
        if (PictureFootage.Strip.count(first.width(), first.height()) > 0)
            for (StoredFile strip : stills)
                clips.add(new Clip(strip, new PictureFootage.Strip(content(strip), kept), null));
        else if (stills.size() > 1 && areNumbered(stills)) clips.add(new Clip(frames(folder), inOrder(stills), null));
        else
            leftOut.add(
                    "pictures that are neither numbered frames in a folder of their own nor strips of square frames side by side",
                    stills.size(),
                    stills.get(0).name());
    }

    private Optional<Footage> animation(StoredFile picture) {
        return switch (picture.extension()) {
            case "gif" -> Optional.of(new VideoFootage(store.path(picture)));
            case "webp" -> Optional.of(new PictureFootage.WebP(content(picture)));
            default -> Optional.empty();
        };
    }

    private PictureFootage.Content content(StoredFile picture) {
        return () -> store.read(picture);
    }

    private StoredFile frames(String folder) {
        String name = folder.isEmpty() ? "frames" : folder.substring(0, folder.length() - 1);
        return new StoredFile(name, 0, 0);
    }

    private Footage inOrder(List<StoredFile> numbered) {
        return new PictureFootage.Frames(numbered.stream()
                .sorted(Comparator.comparing(ClipFiles::number))
                .map(this::content)
                .toList());
    }

    /** Whether all are called alike but for a number at the end. */
    private static boolean areNumbered(List<StoredFile> pictures) {
        return pictures.stream().map(ClipFiles::beforeNumber).distinct().count() == 1
                && beforeNumber(pictures.get(0)).isPresent();
    }

    private static Optional<String> beforeNumber(StoredFile picture) {
        Matcher name = NUMBERED.matcher(baseStem(picture));
        return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
    }

    private static BigInteger number(StoredFile picture) {
        Matcher name = NUMBERED.matcher(baseStem(picture));
        return name.matches() ? new BigInteger(name.group(2)) : BigInteger.ZERO;
    }

    private static String baseStem(StoredFile picture) {
        return picture.stem().substring(picture.folder().length());
    }

    /** Takes the folders that a list names out of {@code folders}. */
    private void listed(StoredFile list, Map<String, List<StoredFile>> folders) throws IOException {
        List<String> named = new ArrayList<>();
        for (String line :
                new String(store.read(list), StandardCharsets.UTF_8).lines().toList()) {
            if (line.isBlank()) continue;
            Matcher row = ROW.matcher(line.strip());
            if (!row.matches()) {
                if (named.isEmpty()) return; // a list of another form, which is counted as any other text
                throw new IOException(LIST + " must have a folder, two numbers and a label in each line: " + line);
            }
            String folder = row.group(1) + "/";
            List<StoredFile> frames = folders.getOrDefault(folder, List.of()).stream()
                    .filter(frame -> within(number(frame), row.group(2), row.group(3)))
                    .toList();
            if (frames.isEmpty()) leftOut.add("rows of " + LIST + " about frames that are not there", line.strip());
            else {
                String range = "/" + row.group(2) + "-" + row.group(3);
                clips.add(new Clip(new StoredFile(row.group(1) + range, 0, 0), inOrder(frames), row.group(4)));
            }
            named.add(folder);
        }
        named.forEach(folders::remove);
    }

    private static boolean within(BigInteger number, String first, String last) {
        return number.compareTo(new BigInteger(first)) >= 0 && number.compareTo(new BigInteger(last)) <= 0;
    }
}
