package dev.calotype.app.bench;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Makes folders of square JPEG files of quality 90 for works that read pictures. */
final class JpegFolder {
    private static final float QUALITY = 0.9f;

    private JpegFolder() {}

    /** Writes {@code count} pictures of a data set, from the first again after the last, and returns the folder. */
    static Path write(Path folder, String source, int size, int count) throws IOException {
        Files.createDirectories(folder);
        try (ImageDataset data = DataSets.open(source.isEmpty() ? "rooms" : source, size, 3)) {
            Preparation square = new Preparation(size, 3, Preparation.Flip.NONE);
            IntStream.range(0, count).parallel().forEach(i -> {
                try {
                    Picture picture = square.apply(data.read(i % data.size()).image(), Rng.of(i));
                    write(folder.resolve(String.format(Locale.ROOT, "%06d.jpg", i)), picture);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return folder;
    }

    private static void write(Path file, Picture picture) throws IOException {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++)
            for (int x = 0; x < picture.width(); x++)
                image.setRGB(x, y, picture.at(x, y, 0) << 16 | picture.at(x, y, 1) << 8 | picture.at(x, y, 2));
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam quality = writer.getDefaultWriteParam();
        quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        quality.setCompressionQuality(QUALITY);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), quality);
        } finally {
            writer.dispose();
        }
    }
}
