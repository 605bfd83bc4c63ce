package dev.calotype.examples;

import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.io.Progress;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Draws sixteen pictures from a trained model. */
public final class Draw {
    private Draw() {}

    /** Arguments: a run or a checkpoint, and the folder for the pictures. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        try (DrawsImages model = TrainedFile.open(Path.of(arguments[0]), Capability.DRAWS_IMAGES, Placement.best())) {
            List<BufferedImage> images = new Gallery(model, Progress.SILENT).images(0, 16);
            for (int i = 0; i < images.size(); i++)
                ImageIO.write(images.get(i), "png", folder.resolve(i + ".png").toFile());
        }
    }
}
