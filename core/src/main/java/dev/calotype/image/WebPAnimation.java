package dev.calotype.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The frames of an animated WebP file (RFC 9649, section 2.7.1), one after the other: each is laid over what is there, at its place on
 * a canvas that begins transparent, whatever colour the file calls background, as in browsers.
 */
public final class WebPAnimation {
    private static final int FRAME_HEAD = 16;
    private static final int REPLACES = 0x02, CLEARS = 0x01;

    private final int width;
    private final int height;
    private final List<ByteBuffer> frames;
    private final int[] canvas; // 0xAARRGGBB
    private int next;

    private WebPAnimation(int width, int height, List<ByteBuffer> frames) {
        this.width = width;
        this.height = height;
        this.frames = frames;
        canvas = new int[Math.multiplyExact(width, height)];
    }

    /**
     * The animation of a file; empty if it is a still picture.
     *
     * @throws IOException if it is damaged, or has more than {@link ImageFiles#MAX_PIXELS} pixels
     */
    public static Optional<WebPAnimation> of(byte[] file) throws IOException {
        Optional<int[]> size = WebP.animated(file);
        if (size.isEmpty()) return Optional.empty();
        ImageFiles.requireSize(size.get()[0], size.get()[1], ImageFiles.MAX_PIXELS);
        List<ByteBuffer> frames = WebP.frames(file);
        if (frames.isEmpty()) throw new IOException("it has no frame");
        return Optional.of(new WebPAnimation(size.get()[0], size.get()[1], frames));
    }

    /** Of the canvas in pixels. */
    public int width() {
        return width;
    }

    /** Of the canvas in pixels. */
    public int height() {
        return height;
    }

    /** For how many milliseconds each frame is shown. */
    public int[] milliseconds() {
        return frames.stream().mapToInt(frame -> WebP.u24(frame, 12)).toArray();
    }

    /**
     * Draws the next frame; only so many times as there are frames.
     *
     * @throws IOException if it is damaged
     */
    public void advance() throws IOException {
        if (next > 0) clear(frames.get(next - 1));
        ByteBuffer frame = frames.get(next++);
        int[] size = {WebP.u24(frame, 6) + 1, WebP.u24(frame, 9) + 1};
        if (left(frame) + size[0] > width || top(frame) + size[1] > height)
            throw new IOException("a frame of it does not lie within its canvas");
        ByteBuffer inner = frame.slice(FRAME_HEAD, frame.limit() - FRAME_HEAD).order(ByteOrder.LITTLE_ENDIAN);
        byte[] still = WebP.still(WebP.chunks(inner), size);
        PictureFile picture = ImageFiles.read(still, Samples.apart(), ImageFiles.MAX_PIXELS);
        Picture colours = Images.withChannels(picture.colours(), 3);
        if (colours.width() != size[0] || colours.height() != size[1])
            throw new IOException("its headers differ about its size");
        boolean replaces = (frame.get(15) & REPLACES) != 0;
        for (int y = 0, i = 0; y < size[1]; y++)
            for (int x = 0; x < size[0]; x++, i++) {
                int alpha = picture.hasAlpha() ? picture.alpha()[i] & 0xFF : 255;
                int at = (top(frame) + y) * width + left(frame) + x;
                int colour = alpha << 24 | rgb(colours.pixels(), 3 * i);
                canvas[at] = replaces || alpha == 255 ? colour : over(colour, canvas[at]);
            }
    }

    /** The frame that was drawn last, in RGB, what is transparent laid over white. */
    public Picture picture() {
        byte[] pixels = new byte[3 * canvas.length];
        for (int i = 0; i < canvas.length; i++) {
            int alpha = canvas[i] >>> 24;
            for (int c = 0; c < 3; c++) {
                int value = canvas[i] >>> 16 - 8 * c & 0xFF;
                pixels[3 * i + c] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
        return new Picture(width, height, 3, pixels);
    }

    private void clear(ByteBuffer frame) {
        if ((frame.get(15) & CLEARS) == 0) return;
        int columns = WebP.u24(frame, 6) + 1, rows = WebP.u24(frame, 9) + 1;
        for (int y = top(frame); y < top(frame) + rows; y++)
            Arrays.fill(canvas, y * width + left(frame), y * width + left(frame) + columns, 0);
    }

    /** Colours that are not multiplied by their alpha, one over the other. */
    private static int over(int front, int back) {
        int a = front >>> 24;
        int rest = (back >>> 24) * (255 - a); // in 255ths
        int sum = 255 * a + rest;
        if (sum == 0) return 0;
        int mixed = (sum + 127) / 255 << 24;
        for (int shift = 0; shift <= 16; shift += 8)
            mixed |= ((front >>> shift & 0xFF) * 255 * a + (back >>> shift & 0xFF) * rest + sum / 2) / sum << shift;
        return mixed;
    }

    private static int rgb(byte[] pixels, int at) {
        return (pixels[at] & 0xFF) << 16 | (pixels[at + 1] & 0xFF) << 8 | pixels[at + 2] & 0xFF;
    }

    private static int left(ByteBuffer frame) {
        return 2 * WebP.u24(frame, 0);
    }

    private static int top(ByteBuffer frame) {
        return 2 * WebP.u24(frame, 3);
    }
}
