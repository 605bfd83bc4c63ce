package dev.calotype.drawing;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Where drawn pictures go: a grid, an array of NumPy's, or a folder of single ones, by the name that is given. */
public final class PictureFiles {
    static final int GAP = 2;
    static final int MOST_OF_A_GRID = 4096;

    private PictureFiles() {}

    /** Refuses a place that nothing can be written to, before anything is opened. */
    public static void require(Path out) throws IOException {
        if (PictureFormat.ofName(out.toString()).isPresent() || ImageArrays.isNamed(out))
            OutputFile.require(out, OutputFile.Existing.REPLACE);
        else if (Files.isDirectory(out)) requireEmpty(out);
        else if (Files.exists(out)) throw new IOException("cannot write into " + out + ": it is no folder");
    }

    /**
     * Refuses a place that cannot hold so many pictures, before they are drawn.
     *
     * @throws IllegalArgumentException or IOException that says why not
     */
    public static void require(Path out, int count, int width, int height) throws IOException {
        require(out);
        if (PictureFormat.ofName(out.toString()).isPresent()) {
            Check.range("n of a grid", count, 1, MOST_OF_A_GRID);
            int columns = columns(count), rows = (count + columns - 1) / columns;
            PictureFormat.of(out).requireFits(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP, false);
        }
    }

    /**
     * Writes pictures of one size: a grid if {@code out} ends as a {@link PictureFormat} does, an array if it ends in {@code .npy} or
     * {@code .npz}, else a folder of single pictures.
     *
     * @param origin what the files say of where they come from
     */
    public static void write(Path out, List<Picture> pictures, Map<String, String> origin) throws IOException {
        Picture first = pictures.get(0);
        require(out, pictures.size(), first.width(), first.height());
        if (PictureFormat.ofName(out.toString()).isPresent())
            PictureFormat.write(out, Images.grid(pictures, columns(pictures.size()), GAP), origin);
        else if (ImageArrays.isNamed(out)) ImageArrays.write(out, pictures);
        else {
            Files.createDirectories(out);
            for (int i = 0; i < pictures.size(); i++) PngFile.write(out.resolve(name(i)), pictures.get(i), origin);
        }
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "%06d.png", number);
    }

    static int columns(int count) {
        return (int) Math.ceil(Math.sqrt(count));
    }

    /** A folder with images of an earlier drawing is refused: old and new would stand there as one set. */
    static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> before = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{6,}\\.png"))
                    .sorted()
                    .toList();
            Check.that(
                    before.isEmpty(),
                    folder + " has " + before.size()
                            + " images from before, which new ones would stand among: take another"
                            + " folder, or remove them",
                    before.isEmpty() ? "" : before.get(0));
        }
    }
}
