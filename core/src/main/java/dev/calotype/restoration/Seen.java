package dev.calotype.restoration;

import dev.calotype.image.DeepFile;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A damaged picture as its file holds it.
 *
 * @param file in 8 bits
 * @param deep in 16 bits, where the file has more than 8
 */
record Seen(PictureFile file, Optional<DeepFile> deep) {
    /** Of 8 bits. */
    static Seen of(Picture picture) {
        return new Seen(PictureFile.of(picture), Optional.empty());
    }

    static Seen read(Path path) throws IOException {
        Optional<DeepFile> deep = DeepFile.read(path);
        return new Seen(deep.isPresent() ? deep.get().coarse() : PictureFile.read(path), deep);
    }

    int width() {
        return file.colours().width();
    }

    int height() {
        return file.colours().height();
    }

    int channels() {
        return file.colours().channels();
    }

    /** Per channel. */
    int bits() {
        return deep.isPresent() ? 16 : 8;
    }

    /** A part in [-1, 1], (1, C, H, W), in the caller's scope. */
    Tensor part(int left, int top, int width, int height) {
        return deep.isPresent()
                ? Images.toTensor(deep.get().colours(), left, top, width, height)
                : Images.toTensor(Images.crop(file.colours(), left, top, width, height));
    }

    /** What restored parts are laid on: the picture itself, or black where it is enlarged. */
    Canvas canvas(int scale, int overlap) {
        if (scale == 1 && deep.isPresent()) return Canvas.of(deep.get().colours(), overlap);
        if (scale == 1) return Canvas.of(file.colours(), overlap);
        Canvas.Depth depth = deep.isPresent() ? Canvas.Depth.DEEP : Canvas.Depth.COARSE;
        return Canvas.black(width() * scale, height() * scale, channels(), overlap * scale, depth);
    }

    /**
     * Writes what was laid, with the profile of this and an alpha.
     *
     * @param alpha of the answer in 8 bits; empty for none
     */
    void write(Path out, Canvas canvas, byte[] alpha, Map<String, String> text) throws IOException {
        if (deep.isEmpty()) {
            PictureFormat.write(out, new PictureFile(canvas.picture(), alpha, file.profile()), text);
            return;
        }
        short[] whole = deep.get().alpha();
        DeepFile answer =
                new DeepFile(canvas.deep(), alpha.length == whole.length ? whole : widened(alpha), file.profile());
        PictureFormat.write(out, answer, text);
    }

    private static short[] widened(byte[] alpha) {
        short[] wide = new short[alpha.length];
        for (int i = 0; i < wide.length; i++) wide[i] = (short) ((alpha[i] & 0xFF) * 257);
        return wide;
    }
}
