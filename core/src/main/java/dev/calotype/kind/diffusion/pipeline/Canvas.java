package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.image.Resize.Filter;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How a given picture lies in what is drawn: at the upper left, resized to {@code width} x {@code height} by Lanczos' filter, and
 * continued by its last row and column to sides that a denoiser can take, which are cut off again.
 *
 * @param fullWidth at least {@code width}
 * @param fullHeight at least {@code height}
 */
public record Canvas(int width, int height, int fullWidth, int fullHeight) {
    private static final double STRETCHED = 0.02;

    /** @param unit of which the full sides are multiples */
    public static Canvas of(int width, int height, int unit) {
        return new Canvas(width, height, up(width, unit), up(height, unit));
    }

    private static int up(int side, int unit) {
        return Math.max(1, (side + unit - 1) / unit) * unit;
    }

    /** The sides of a picture whose pixels are at most {@code most}: its own, or smaller ones in the same proportion. */
    static int[] within(int width, int height, long most) {
        double scale = Math.sqrt(most / ((double) width * height));
        if (scale >= 1) return new int[] {width, height};
        return new int[] {Math.max(1, (int) (scale * width)), Math.max(1, (int) (scale * height))};
    }

    /** (1, C, H, W) in [-1, 1] with the full sides. */
    Tensor image(Picture picture, int channels) {
        Picture seen = Resize.to(Images.withChannels(picture, channels), width, height, Filter.LANCZOS);
        return Scope.tidy(() -> torch.replication_pad2d(
                Images.toTensor(seen), 0, fullWidth - width, 0, fullHeight - height)); // (1, C, H, W)
    }

    /** (1, C, H, W) in [0, 1], stretched to what is seen of the canvas and continued as {@link #image}. */
    Tensor stretched(Picture picture, int channels) {
        return Scope.tidy(() -> Tensors.scale(0.5, image(picture, channels).add(new Scalar(1.0))));
    }

    /**
     * 1 where any part of a square is in the hole, 0 elsewhere and beyond the picture.
     *
     * @param side of a square in pixels, of which the full sides are multiples
     * @return (1, 1, H / side, W / side)
     */
    Tensor hole(HoleMask hole, int side) {
        Picture marked = Resize.to(hole.missing(), width, height, Filter.BOX);
        int columns = fullWidth / side, rows = fullHeight / side;
        float[] values = new float[columns * rows];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) if (marked.at(x, y, 0) > 0) values[y / side * columns + x / side] = 1;
        return Tensors.of(values, 1, 1, rows, columns);
    }

    /** What is to be said of a picture that is drawn with other sides than its own. */
    public List<String> notes(GivenPicture given) {
        int own = given.picture().width(), high = given.picture().height();
        if (own == width && high == height) return List.of();
        boolean stretched = Math.abs((double) width * high / ((double) height * own) - 1) > STRETCHED;
        return List.of(
                "The picture of " + own + " x " + high + " px is " + (stretched ? "stretched" : "resized") + " to "
                        + width + " x " + height + " px"
                        + (given.hole().isPresent() ? ", and what is drawn is resized into its hole." : "."));
    }

    /** The part of what was drawn that the picture lies in. */
    public Picture cut(Picture drawn) {
        boolean whole = width == fullWidth && height == fullHeight;
        return whole ? drawn : Images.crop(drawn, 0, 0, width, height);
    }

    /** The picture with what was drawn in its hole; the rest of it as it is. */
    public Picture filled(Picture drawn, Picture picture, HoleMask hole) {
        int channels = drawn.channels();
        byte[] pixels = Images.withChannels(picture, channels).pixels().clone();
        byte[] fresh = Resize.to(cut(drawn), picture.width(), picture.height(), Filter.LANCZOS)
                .pixels();
        byte[] missing = hole.missing().pixels();
        for (int i = 0; i < pixels.length; i++) if (missing[i / channels] != 0) pixels[i] = fresh[i];
        return new Picture(picture.width(), picture.height(), channels, pixels);
    }
}
