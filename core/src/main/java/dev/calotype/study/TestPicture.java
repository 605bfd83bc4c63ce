package dev.calotype.study;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureKind;
import dev.calotype.io.FileId;
import dev.calotype.settings.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The truth of a trial: the middle of a picture file.
 *
 * @param name of the file, without its ending
 * @param identity the content of the file and what is cut of it, as a text
 */
public record TestPicture(String name, Path file, Source source, String identity) {
    /**
     * Which pictures, and what of them.
     *
     * @param files pictures, and folders of pictures
     * @param size pixels per side of the square in the middle; 0 for all
     * @param multiple of which both sides are made multiples, by cutting; at least 1
     * @param channels 1 or 3
     */
    public record Source(List<Path> files, int size, int multiple, int channels) {
        public Source {
            files = List.copyOf(files);
            if (size < 0) throw new RecipeException("pictures.size must be at least 0: " + size);
            if (multiple < 1) throw new RecipeException("pictures.multiple must be at least 1: " + multiple);
            if (channels != 1 && channels != 3)
                throw new RecipeException("pictures.channels must be 1 (grey) or 3 (RGB): " + channels);
        }

        /** With paths seen from {@code folder}. */
        Source in(Path folder) {
            return new Source(
                    files.stream().map(folder::resolve).map(Path::normalize).toList(), size, multiple, channels);
        }

        /** At least one picture, each with a name of its own. */
        List<TestPicture> pictures() throws IOException {
            List<TestPicture> pictures = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (Path path : files)
                for (Path file : inside(path)) {
                    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
                    if (!names.add(name)) throw new RecipeException("pictures.files has two of the name " + name);
                    String identity =
                            FileId.hash(Files.readAllBytes(file)) + " " + size + " " + multiple + " " + channels;
                    pictures.add(new TestPicture(name, file, this, identity));
                }
            if (pictures.isEmpty()) throw new RecipeException("pictures.files must name at least one picture");
            return List.copyOf(pictures);
        }

        private static List<Path> inside(Path path) throws IOException {
            if (!Files.isDirectory(path)) return List.of(path);
            try (Stream<Path> files = Files.list(path)) {
                return files.filter(
                                file -> PictureKind.ofName(file.getFileName().toString())
                                        .filter(PictureKind::isRead)
                                        .isPresent())
                        .sorted()
                        .toList();
            }
        }
    }

    /**
     * The picture.
     *
     * @throws IOException if the file cannot be read, or is smaller than what is wanted
     */
    public Picture picture() throws IOException {
        Picture whole = ImageFiles.decode(file, source.channels());
        int width = cut(whole.width()), height = cut(whole.height());
        if (width < 1 || height < 1) throw new IOException(file + " is smaller than what is wanted of it: " + whole);
        int left = (whole.width() - width) / 2, top = (whole.height() - height) / 2;
        return Images.crop(whole, left, top, width, height);
    }

    private int cut(int side) {
        int used = source.size() == 0 ? side : side < source.size() ? 0 : source.size();
        return used / source.multiple() * source.multiple();
    }

    @Override
    public String toString() {
        return name;
    }
}
