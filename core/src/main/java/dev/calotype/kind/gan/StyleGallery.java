package dev.calotype.kind.gan;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.StyleProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What the styles of a trained StyleGAN2 allow, as files which say in their metadata how they were made. */
public record StyleGallery(TrainedGan trained, Progress progress) {
    /**
     * The gallery of a model.
     *
     * @throws IllegalArgumentException if it has no styles, which {@code what} wants
     */
    public static StyleGallery of(TrainedModel trained, String what, Progress progress) {
        GanStyles.require(trained.experiment(), what);
        return new StyleGallery((TrainedGan) trained, progress);
    }

    /** {@link Gallery#sample} with styles drawn to their mean, by {@link GanStyles#truncated}. */
    public void sample(DiffusionModel.Request request, double psi, int count, Path out) throws IOException {
        Map<String, String> origin = trained.origin(request);
        origin.put("truncation", String.valueOf(psi));
        Drawing drawing = GanStyles.of(trained.model()).truncated(request.seed(), psi);
        new Gallery(trained, progress).write(new Gallery.Sheet(drawing, origin, Gallery.BATCH), count, out);
    }

    /**
     * What a projection came to.
     *
     * @param start the mean squared difference of pixels in [-1, 1] to the image of the mean style
     * @param distance that to the image found
     */
    public record Projection(double start, double distance) {}

    /**
     * Finds the style whose image is nearest to a picture, and draws both side by side, the picture first.
     *
     * @param picture as {@link DataSettings#preparation} of the model's data makes it
     * @param styles where the style is written as the tensor {@code w} (1, style), or null
     */
    public Projection project(Picture picture, StyleProjection projection, Path out, Path styles) throws IOException {
        GanStyles own = GanStyles.of(trained.model());
        Map<String, String> origin = trained.origin();
        origin.put("projection", projection.toString());
        try (PointerScope scope = new PointerScope()) {
            Tensor target = Device.of(own.generator()).move(Images.toTensor(picture)); // (1, C, H, W)
            Tensor w = own.project(target, projection); // (1, style)
            Tensor found = own.images(() -> w), mean = own.images(own::mean); // (1, C, H, W)
            PngFile.write(out, Images.grid(Images.pictures(Tensors.cat(0, target, found)), 2, Gallery.GAP), origin);
            if (styles != null) SafeTensors.write(styles, Map.of("w", w), origin);
            return new Projection(
                    StyleProjection.pixels().apply(mean, target).item_double(),
                    StyleProjection.pixels().apply(found, target).item_double());
        }
    }
}
