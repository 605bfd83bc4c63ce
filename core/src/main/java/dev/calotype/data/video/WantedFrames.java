package dev.calotype.data.video;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Frames of a video file that are to be decoded.
 *
 * @param file its whole name
 * @param indices of the frames, not falling
 * @param keys for each a frame before it from which it can be decoded
 * @param ticks of the keys
 * @param count of all frames of the file
 */
record WantedFrames(String file, int[] indices, int[] keys, long[] ticks, int count) implements OfVideo<List<Picture>> {
    private static final int WORTH_SEEKING = 16;

    WantedFrames(DataInputStream from) throws IOException {
        this(from, from.readUTF(), from.readInt());
    }

    private WantedFrames(DataInputStream from, String file, int wanted) throws IOException {
        this(file, new int[wanted], new int[wanted], new long[wanted], from.readInt());
        for (int i = 0; i < wanted; i++) {
            indices[i] = from.readInt();
            keys[i] = from.readInt();
            ticks[i] = from.readLong();
        }
    }

    @Override
    public void write(DataOutputStream to) throws IOException {
        to.writeUTF(file);
        to.writeInt(indices.length);
        to.writeInt(count);
        for (int i = 0; i < indices.length; i++) {
            to.writeInt(indices[i]);
            to.writeInt(keys[i]);
            to.writeLong(ticks[i]);
        }
    }

    @Override
    public List<Picture> work() throws IOException {
        List<Picture> pictures = new ArrayList<>();
        VideoStream stream = VideoStream.open(Path.of(file));
        try {
            int at = -1; // the frame that the stream holds
            for (int i = 0; i < indices.length; i++) {
                if (keys[i] > at + WORTH_SEEKING) {
                    at = jump(stream, keys[i], ticks[i]);
                    if (at < 0) { // this file cannot be read from the middle
                        stream.close();
                        stream = VideoStream.open(Path.of(file));
                    }
                }
                boolean fresh = at < indices[i] || pictures.isEmpty();
                for (; at < indices[i]; at++)
                    if (!stream.next(at + 1))
                        throw new IOException(
                                String.format(Locale.ROOT, "it ends after %d of %d frames", at + 1, count));
                if (fresh) Footage.requireRoom(indices.length, stream.width(), stream.height());
                pictures.add(fresh ? stream.picture() : pictures.get(pictures.size() - 1));
            }
        } finally {
            stream.close();
        }
        return pictures;
    }

    /** Goes to a key frame and decodes it; -1 if the file does not lead there. Frames of before, which want others, are dropped. */
    private static int jump(VideoStream stream, int key, long ticks) throws IOException {
        if (!stream.seek(ticks)) return -1;
        do if (!stream.next()) return -1;
        while (stream.ticks() < ticks);
        return stream.ticks() == ticks ? key : -1;
    }

    @Override
    public void tell(List<Picture> pictures, DataOutputStream to) throws IOException {
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            boolean again = i > 0 && picture == pictures.get(i - 1);
            to.writeInt(again ? 0 : picture.width());
            if (again) continue;
            to.writeInt(picture.height());
            to.write(picture.pixels());
        }
    }

    @Override
    public List<Picture> told(DataInputStream from) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            int width = from.readInt();
            if (width == 0 && i > 0) {
                pictures.add(pictures.get(i - 1));
                continue;
            }
            int height = from.readInt();
            ImageFiles.requireSize(width, height, ImageFiles.MAX_PIXELS);
            Footage.requireRoom(indices.length, width, height);
            byte[] pixels = new byte[3 * width * height];
            from.readFully(pixels);
            pictures.add(new Picture(width, height, 3, pixels));
        }
        return pictures;
    }
}
