package dev.calotype.image;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Pictures to tensors and back. A value {@code v} in 0..255 is {@code v / 127.5 - 1} in [-1, 1]; the way back rounds
 * half up and clips, so that a round trip changes nothing.
 */
public final class Images {
    /** The 8-bit levels in a unit of [-1, 1]. */
    public static final double LEVELS = 127.5;

    private Images() {}

    /** One picture as an fp32 tensor (1, C, H, W) in [-1, 1]. */
    public static Tensor toTensor(Picture picture) {
        return Scope.tidy(
                () -> ofPixels(Tensors.of(planar(picture), 1, picture.channels(), picture.height(), picture.width())));
    }

    /** A part of a 16-bit picture as an fp32 tensor (1, C, H, W): {@code v / 32767.5 - 1} in [-1, 1]. */
    public static Tensor toTensor(DeepPicture picture, int left, int top, int width, int height) {
        int channels = picture.channels();
        float[] planar = new float[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        for (int c = 0, i = 0; c < channels; c++)
            for (int y = top; y < top + height; y++)
                for (int x = left; x < left + width; x++)
                    planar[i++] = (float) (picture.at(x, y, c) / (DeepPicture.MOST / 2.0) - 1);
        return Tensors.of(planar, 1, channels, height, width);
    }

    /** One picture of a tensor (C, H, W) or (1, C, H, W) in [-1, 1]; C is 1 or 3. */
    public static Picture ofTensor(Tensor image) {
        long[] shape = Tensors.shape(image);
        if (shape.length == 4 && shape[0] == 1) shape = Arrays.copyOfRange(shape, 1, 4);
        if (shape.length != 3) throw new IllegalArgumentException("expected (C, H, W): " + Arrays.toString(shape));
        long[] batch = {1, shape[0], shape[1], shape[2]};
        List<Picture> pictures = new ArrayList<>();
        Scope.run(() -> pictures.addAll(pictures(image.reshape(batch))));
        return pictures.get(0);
    }

    /** The pictures of a batch (N, C, H, W) in [-1, 1]; C is 1 or 3. */
    public static List<Picture> pictures(Tensor images) {
        long[] shape = Tensors.shape(images);
        if (shape.length != 4) throw new IllegalArgumentException("expected (N, C, H, W): " + Arrays.toString(shape));
        int channels = (int) shape[1];
        int height = (int) shape[2];
        int width = (int) shape[3];
        byte[][] interleaved = new byte[1][];
        Scope.run(() -> interleaved[0] = Tensors.bytes(toPixels(images).permute(0, 2, 3, 1)));
        int length = channels * height * width;
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < shape[0]; i++) {
            byte[] pixels = Arrays.copyOfRange(interleaved[0], i * length, (i + 1) * length);
            pictures.add(new Picture(width, height, channels, pixels));
        }
        return pictures;
    }

    /** A batch in [-1, 1] as uint8 of the same shape: {@code (x + 1) * 127.5} rounded half up and clipped; NaN is 0. */
    public static Tensor toPixels(Tensor images) {
        return Scope.inference(() -> {
            Tensor shifted = images.to(ScalarType.Float).mul(new Scalar(LEVELS)).add_(new Scalar(LEVELS + 0.5));
            return Tensors.clamp(shifted.nan_to_num_(), 0, 255).to(ScalarType.Byte); // which truncates
        });
    }

    /** A uint8 batch as fp32 in [-1, 1] of the same shape: {@code v / 127.5 - 1}. */
    public static Tensor ofPixels(Tensor pixels) {
        if (Tensors.dtype(pixels) != ScalarType.Byte)
            throw new IllegalArgumentException("expected a uint8 tensor: " + Tensors.dtype(pixels));
        return Scope.inference(
                () -> pixels.to(ScalarType.Float).div_(new Scalar(LEVELS)).add_(new Scalar(-1)));
    }

    /**
     * Pictures of one size side by side, row by row, on white.
     *
     * @param columns at least 1; the last row may be shorter
     * @param gap white pixels between neighbours, none around the outside
     */
    public static Picture grid(List<Picture> pictures, int columns, int gap) {
        if (pictures.isEmpty()) throw new IllegalArgumentException("a grid needs at least one picture");
        if (columns < 1) throw new IllegalArgumentException("columns must be at least 1: " + columns);
        if (gap < 0) throw new IllegalArgumentException("gap must be at least 0: " + gap);
        Picture first = pictures.get(0);
        int used = Math.min(columns, pictures.size());
        int rows = (pictures.size() + columns - 1) / columns;
        int width = Math.addExact(Math.multiplyExact(used, first.width()), (used - 1) * gap);
        int height = Math.addExact(Math.multiplyExact(rows, first.height()), (rows - 1) * gap);
        byte[] sheet = new byte[Math.multiplyExact(Math.multiplyExact(width, height), first.channels())];
        Arrays.fill(sheet, (byte) 255);
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            requireLike(first, picture);
            int left = i % columns * (first.width() + gap);
            int top = i / columns * (first.height() + gap);
            int stride = picture.width() * picture.channels();
            for (int y = 0; y < picture.height(); y++)
                System.arraycopy(
                        picture.pixels(), y * stride, sheet, ((top + y) * width + left) * picture.channels(), stride);
        }
        return new Picture(width, height, first.channels(), sheet);
    }

    /** The picture in grey (1) or RGB (3), by the rule of {@link ImageFiles}; the same object if nothing changes. */
    public static Picture withChannels(Picture picture, int channels) {
        if (channels == picture.channels()) return picture;
        byte[] from = picture.pixels();
        byte[] to = new byte[Math.multiplyExact(picture.width() * picture.height(), channels)];
        if (channels == 1)
            for (int i = 0, j = 0; i < to.length; i++, j += 3)
                to[i] = (byte) Samples.luma(from[j] & 0xFF, from[j + 1] & 0xFF, from[j + 2] & 0xFF);
        else for (int i = 0; i < to.length; i++) to[i] = from[i / channels];
        return new Picture(picture.width(), picture.height(), channels, to);
    }

    /**
     * The picture as it is to be looked at.
     *
     * @param orientation how the camera was held, by the number of Exif: 1, upright, to 8
     */
    public static Picture upright(Picture picture, int orientation) {
        if (orientation < 1 || orientation > 8)
            throw new IllegalArgumentException("orientation must be in 1..8: " + orientation);
        return Orientation.upright(picture, orientation);
    }

    /** The picture with left and right exchanged. */
    public static Picture mirrored(Picture picture) {
        int channels = picture.channels();
        int width = picture.width();
        byte[] from = picture.pixels();
        byte[] to = new byte[from.length];
        for (int y = 0; y < picture.height(); y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    to[(y * width + x) * channels + c] = from[(y * width + width - 1 - x) * channels + c];
        return new Picture(width, picture.height(), channels, to);
    }

    /**
     * A part of a picture.
     *
     * @throws IllegalArgumentException if it does not lie within the picture
     */
    public static Picture crop(Picture picture, int left, int top, int width, int height) {
        boolean inside = left >= 0 && top >= 0 && left <= picture.width() - width && top <= picture.height() - height;
        if (!inside || width < 1 || height < 1)
            throw new IllegalArgumentException("a part of " + width + " x " + height + " pixels at " + left + ", " + top
                    + " must lie within " + picture.width() + " x " + picture.height());
        int channels = picture.channels();
        int row = width * channels;
        byte[] to = new byte[height * row];
        for (int y = 0; y < height; y++)
            System.arraycopy(picture.pixels(), ((top + y) * picture.width() + left) * channels, to, y * row, row);
        return new Picture(width, height, channels, to);
    }

    /** The samples of one picture in the order of tensors, channel by channel: (C, H, W). */
    public static byte[] planar(Picture picture) {
        int channels = picture.channels();
        byte[] interleaved = picture.pixels();
        if (channels == 1) return interleaved.clone();
        byte[] planar = new byte[interleaved.length];
        int area = interleaved.length / channels;
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < area; i++) planar[c * area + i] = interleaved[i * channels + c];
        return planar;
    }

    private static void requireLike(Picture first, Picture picture) {
        if (picture.width() != first.width()
                || picture.height() != first.height()
                || picture.channels() != first.channels())
            throw new IllegalArgumentException("a grid has pictures of one size: " + first + ", " + picture);
    }
}
