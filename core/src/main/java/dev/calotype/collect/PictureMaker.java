package dev.calotype.collect;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PictureKind;
import dev.calotype.image.Resize;
import dev.calotype.image.UnsupportedPictureException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Makes of the bytes that came what is stored. As many pictures are in memory whole at the same time as there are cores. */
final class PictureMaker {
    private static final byte WHITE = (byte) 255;

    private final CollectSettings settings;
    private final Semaphore cores = new Semaphore(Runtime.getRuntime().availableProcessors());

    PictureMaker(CollectSettings settings) {
        this.settings = settings;
    }

    /**
     * A picture to be stored.
     *
     * @param bytes the file
     * @param ending of its name, without the dot
     * @param width of what is stored, as {@code height}
     * @param originalWidth of what came, as {@code originalHeight}
     * @param hash what it looks like
     */
    record Made(byte[] bytes, String ending, int width, int height, int originalWidth, int originalHeight, long hash)
            implements Serializable {
        Made with(byte[] others) {
            return new Made(others, ending, width, height, originalWidth, originalHeight, hash);
        }
    }

    Made make(byte[] bytes) throws CollectException {
        PictureKind kind = PictureKind.ofContent(Arrays.copyOf(bytes, Math.min(bytes.length, PictureKind.HEAD)))
                .orElseThrow(() -> new CollectException(Cause.NO_PICTURE, beginning(bytes)));
        cores.acquireUninterruptibly();
        try {
            return make(bytes, kind);
        } finally {
            cores.release();
        }
    }

    private Made make(byte[] bytes, PictureKind kind) throws CollectException {
        try {
            Picture picture = ImageFiles.decode(bytes, 3, settings.maxPixels());
            int width = picture.width(), height = picture.height();
            if (Math.min(width, height) < settings.leastSide())
                throw new CollectException(Cause.SMALL, width + " x " + height + " pixels");
            long hash = PerceptualHash.of(picture);
            if (settings.resize() == CollectSettings.Resizing.NO)
                return new Made(bytes, kind.extensions().get(0), width, height, width, height, hash);
            Picture sized = sized(picture);
            byte[] file = PictureFormat.JPEG.encode(PictureFile.of(sized), Map.of());
            return new Made(file, "jpg", sized.width(), sized.height(), width, height, hash);
        } catch (CollectException e) {
            throw e;
        } catch (UnsupportedPictureException e) {
            boolean pixels = e.getMessage().contains("over the limit");
            throw new CollectException(pixels ? Cause.PIXELS : Cause.DAMAGED, e.getMessage());
        } catch (IOException e) {
            throw new CollectException(Cause.DAMAGED, e.getMessage());
        }
    }

    private Picture sized(Picture picture) {
        int size = settings.size();
        int width = picture.width(), height = picture.height();
        return switch (settings.resize()) {
            case CENTER_CROP -> Resize.cover(picture, size);
            case KEEP_RATIO -> scaled(picture, (double) size / Math.min(width, height));
            case BORDER -> bordered(scaled(picture, (double) size / Math.max(width, height)), size);
            case NO -> picture;
        };
    }

    private static Picture scaled(Picture picture, double factor) {
        int width = Math.max(1, (int) Math.round(picture.width() * factor));
        int height = Math.max(1, (int) Math.round(picture.height() * factor));
        return Resize.to(picture, width, height, Resize.Filter.BICUBIC);
    }

    private static Picture bordered(Picture picture, int size) {
        byte[] pixels = new byte[3 * size * size];
        Arrays.fill(pixels, WHITE);
        int left = (size - picture.width()) / 2, top = (size - picture.height()) / 2;
        for (int y = 0; y < picture.height(); y++)
            System.arraycopy(
                    picture.pixels(),
                    3 * y * picture.width(),
                    pixels,
                    3 * ((top + y) * size + left),
                    3 * picture.width());
        return new Picture(size, size, 3, pixels);
    }

    private static String beginning(byte[] bytes) {
        StringBuilder text = new StringBuilder("it begins with ");
        for (int i = 0; i < Math.min(16, bytes.length); i++)
            text.append(
                    bytes[i] > 32 && bytes[i] < 127
                            ? String.valueOf((char) bytes[i])
                            : String.format(Locale.ROOT, "\\x%02x", bytes[i]));
        return text.toString();
    }
}
