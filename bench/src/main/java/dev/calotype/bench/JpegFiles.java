package dev.calotype.bench;

import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** JPEG files to decode: those of a folder, or rooms at 224 x 224 with grain as a camera adds it. */
final class JpegFiles {
    private static final int COUNT = 128;
    private static final int SIZE = 224;

    private JpegFiles() {}

    /** At most 128 files; {@code folder} may be empty. */
    static List<byte[]> of(String folder) throws IOException {
        return folder.isEmpty() ? drawn() : found(Path.of(folder));
    }

    private static List<byte[]> found(Path folder) throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path file :
                    below.filter(JpegFiles::isJpeg).sorted().limit(COUNT).toList()) files.add(Files.readAllBytes(file));
        }
        if (files.isEmpty()) throw new IOException(folder + " has no .jpg files");
        return files;
    }

    private static boolean isJpeg(Path file) {
        return file.toString().endsWith(".jpg");
    }

    private static List<byte[]> drawn() throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Rooms rooms = Rooms.test(SIZE)) {
            for (int i = 0; i < COUNT; i++) files.add(encoded(rooms.read(i).image()));
        }
        return files;
    }

    private static byte[] encoded(Picture picture) throws IOException {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++)
            for (int x = 0; x < picture.width(); x++) {
                int grain = (x * 73 + y * 151 + x * y) % 13;
                int rgb = 0;
                for (int c = 0; c < 3; c++) rgb = rgb << 8 | Math.min(255, picture.at(x, y, c) + grain);
                image.setRGB(x, y, rgb);
            }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return bytes.toByteArray();
    }
}
