package dev.calotype.image;

import dev.calotype.ffmpeg.Ffmpeg;
import dev.calotype.ffmpeg.Rgba;
import dev.calotype.isolation.Isolated;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;

/**
 * A file of HEIF that is to be decoded by FFmpeg.
 *
 * @param bytes of the file, not copied
 * @param maxPixels the most that its picture may have
 */
record HeifPicture(byte[] bytes, long maxPixels) implements Isolated<HeifPicture.Decoded> {
    private static final int SIDES = 4, ORIENTATIONS = 8;

    /**
     * Its picture before it is cropped and turned.
     *
     * @param alpha whether anything may be seen through
     * @param crop rows that are cut off at the top and the bottom, columns at the left and the right
     * @param orientation from 1, upright, to 8
     */
    record Decoded(Rgba pixels, boolean alpha, int[] crop, int orientation) {
        Stored stored() throws IOException {
            return Stored.of(pixels.width(), pixels.height(), pixels.grey(), alpha, pixels.pixels())
                    .cropped(crop[0], crop[1], crop[2], crop[3])
                    .turned(orientation);
        }
    }

    HeifPicture(DataInputStream from) throws IOException {
        this(bytes(from), from.readLong());
    }

    private static byte[] bytes(DataInputStream from) throws IOException {
        byte[] bytes = new byte[from.readInt()];
        from.readFully(bytes);
        return bytes;
    }

    @Override
    public void write(DataOutputStream to) throws IOException {
        to.writeInt(bytes.length);
        to.write(bytes);
        to.writeLong(maxPixels);
    }

    @Override
    public String doer() {
        return Ffmpeg.NAME;
    }

    @Override
    public Duration limit() {
        return Isolated.limit(bytes.length);
    }

    @Override
    public Decoded work() throws IOException {
        return Heif.decoded(bytes, maxPixels);
    }

    @Override
    public void tell(Decoded picture, DataOutputStream to) throws IOException {
        to.writeInt(picture.pixels.width());
        to.writeInt(picture.pixels.height());
        to.writeBoolean(picture.pixels.grey());
        to.writeBoolean(picture.alpha);
        for (int cut : picture.crop) to.writeInt(cut);
        to.writeInt(picture.orientation);
        to.write(picture.pixels.pixels());
    }

    @Override
    public Decoded told(DataInputStream from) throws IOException {
        int width = from.readInt(), height = from.readInt();
        ImageFiles.requireSize(width, height, maxPixels);
        boolean grey = from.readBoolean(), alpha = from.readBoolean();
        int[] crop = new int[SIDES];
        for (int i = 0; i < SIDES; i++) crop[i] = from.readInt();
        int orientation = from.readInt();
        if (orientation < 1 || orientation > ORIENTATIONS) throw new IOException("its orientation is " + orientation);
        byte[] pixels = new byte[Math.multiplyExact(4, Math.multiplyExact(width, height))];
        from.readFully(pixels);
        return new Decoded(new Rgba(width, height, grey, pixels), alpha, crop, orientation);
    }

    @Override
    public IOException failure(String kind, String message) {
        return kind.equals(UnsupportedPictureException.class.getSimpleName())
                ? new UnsupportedPictureException(message)
                : new IOException(message);
    }
}
