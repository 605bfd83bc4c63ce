package dev.calotype.data;

import dev.calotype.data.numpy.NumpyArray;
import dev.calotype.data.numpy.NumpyHeader;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * How pictures lie in an array of bytes.
 *
 * @param count of pictures
 * @param height in pixels
 * @param width in pixels
 * @param channels 1, 3, or 4 with transparency last
 * @param planar whether each channel is a plane, {@code (N, C, H, W)}, instead of {@code (N, H, W, C)}
 */
record NumpyLayout(int count, int height, int width, int channels, boolean planar) {
    private static final Set<Integer> CHANNELS = Set.of(1, 3, 4);
    private static final int MAX_SIDE = 1 << 14;

    /**
     * The layout of an array by its shape.
     *
     * @throws IOException if its elements are no bytes, or its shape is not that of pictures or of more than one layout
     */
    static NumpyLayout of(NumpyArray array) throws IOException {
        NumpyHeader header = array.header();
        if (!array.mayBePictures())
            throw new IOException(array.name() + " has the shape " + header.shapeInWords()
                    + "; several pictures are (number, height, width, channels)");
        requireBytes(array);
        NumpyLayout layout = ofShape(array.name(), header);
        if (layout.count < 1 || !isSide(layout.height) || !isSide(layout.width))
            throw new IOException(array.name() + " has the shape " + header.shapeInWords()
                    + "; at least 1 picture, of 1 to " + MAX_SIDE + " pixels a side, is allowed");
        return layout;
    }

    private static void requireBytes(NumpyArray array) throws IOException {
        NumpyHeader header = array.header();
        String name = array.name();
        if (header.type().contains("O"))
            throw new IOException(name + " holds objects of Python, which are not read, because reading them runs code:"
                    + " save an array of uint8");
        if (!header.type().matches("[<>|=]u1"))
            throw new IOException(name + " holds values of the type " + header.type()
                    + ", and no file says from where to" + " where they reach: save them as uint8, 0 to 255");
        if (header.fortran())
            throw new IOException(name + " is in Fortran order, in which each picture lies scattered over the whole"
                    + " file: save numpy.ascontiguousarray of it");
    }

    private static NumpyLayout ofShape(String name, NumpyHeader header) throws IOException {
        List<Integer> shape = header.shape();
        boolean last = CHANNELS.contains(shape.get(shape.size() - 1));
        if (shape.size() == 3) {
            if (last)
                throw new IOException(name + " has the shape " + header.shapeInWords() + ", which may be one picture or"
                        + " many narrow ones: save (number, height, width, channels)");
            return new NumpyLayout(shape.get(0), shape.get(1), shape.get(2), 1, false);
        }
        boolean first = CHANNELS.contains(shape.get(1));
        if (first == last)
            throw new IOException(name + " has the shape " + header.shapeInWords() + ", in which "
                    + (first ? "the channels may be the second axis or the last" : "no axis has 1, 3 or 4 channels")
                    + ": save (number, height, width, channels)");
        return last
                ? new NumpyLayout(shape.get(0), shape.get(1), shape.get(2), shape.get(3), false)
                : new NumpyLayout(shape.get(0), shape.get(2), shape.get(3), shape.get(1), true);
    }

    private static boolean isSide(int pixels) {
        return pixels >= 1 && pixels <= MAX_SIDE;
    }

    /** The bytes of one picture. */
    int bytes() {
        return Math.multiplyExact(height * width, channels);
    }

    /** One picture of its bytes; transparency is laid over white. */
    Picture picture(byte[] bytes) {
        int colours = Math.min(3, channels);
        int area = height * width;
        byte[] pixels = new byte[area * colours];
        int next = planar ? area : 1;
        for (int p = 0, i = 0; p < area; p++) {
            int at = planar ? p : p * channels;
            int alpha = channels == 4 ? bytes[at + 3 * next] & 0xFF : 255;
            for (int c = 0; c < colours; c++) {
                int v = bytes[at + c * next] & 0xFF;
                pixels[i++] = (byte) ((v * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
        return new Picture(width, height, colours, pixels);
    }
}
