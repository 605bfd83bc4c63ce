package dev.calotype.image;

import java.awt.image.BufferedImage;
import java.io.IOException;

/**
 * The first frame of a GIF file at its place (GIF89a, sections 18 and 20), of which the JDK's reader tells the frame alone.
 * What the frame leaves of the canvas is transparent, whatever colour the file calls background, as in browsers. A canvas
 * that is too small for its first frame grows, as there.
 */
final class Gif {
    private static final int SCREEN = 6, SCREEN_END = 13;
    private static final int EXTENSION = 0x21, FRAME = 0x2C;

    private final byte[] bytes;

    private Gif(byte[] bytes) {
        this.bytes = bytes;
    }

    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        Gif gif = new Gif(bytes);
        int frame = gif.frame();
        int left = gif.u16(frame + 1),
                top = gif.u16(frame + 3),
                width = gif.u16(frame + 5),
                height = gif.u16(frame + 7);
        int canvasWidth = Math.max(gif.u16(SCREEN), left + width);
        int canvasHeight = Math.max(gif.u16(SCREEN + 2), top + height);
        ImageFiles.requireSize(width, height, maxPixels);
        ImageFiles.requireSize(canvasWidth, canvasHeight, maxPixels);
        BufferedImage image = ImageFiles.jdk(PictureKind.GIF, bytes, maxPixels);
        if (canvasWidth == width && canvasHeight == height) return taking.image(image);
        return taking.stored(Samples.stored(image).placed(left, top, canvasWidth, canvasHeight));
    }

    /** Where the descriptor of the first frame is. */
    private int frame() throws IOException {
        int at = SCREEN_END + colours(u8(SCREEN + 4));
        while (u8(at) == EXTENSION) {
            at += 2;
            for (int block; (block = u8(at)) > 0; ) at += 1 + block;
            at++;
        }
        if (u8(at) != FRAME) throw new IOException("it has no picture at byte " + at);
        return at;
    }

    /** The bytes of a table of colours. */
    private static int colours(int packed) {
        return (packed & 0x80) == 0 ? 0 : 3 << (packed & 7) + 1;
    }

    private int u16(int at) throws IOException {
        return u8(at) | u8(at + 1) << 8;
    }

    private int u8(int at) throws IOException {
        if (at >= bytes.length) throw new IOException("it is truncated at byte " + bytes.length);
        return bytes[at] & 0xFF;
    }
}
