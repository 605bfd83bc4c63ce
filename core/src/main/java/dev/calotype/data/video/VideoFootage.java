package dev.calotype.data.video;

import dev.calotype.image.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** A video file. Its frames are counted by decoding them once, since headers lie; later reads begin at a key frame. */
final class VideoFootage implements Footage {
    private static final int MOST_FRAMES = 1 << 20;
    private static final int WORTH_SEEKING = 16;

    private final Path file;
    private Index index;

    VideoFootage(Path file) {
        this.file = file;
    }

    /** What one pass over the file tells; {@code ticks} are the times of the frames as the file has them. */
    private record Index(Timeline timeline, long[] ticks) {}

    @Override
    public Timeline timeline() throws IOException {
        return index().timeline;
    }

    private synchronized Index index() throws IOException {
        if (index == null) index = counted();
        return index;
    }

    private Index counted() throws IOException {
        long[] ticks = new long[256];
        BitSet keys = new BitSet();
        int count = 0;
        try (VideoStream stream = VideoStream.open(file)) {
            stream.onlyCount();
            long expected = 0;
            while (next(stream, count)) {
                if (count == MOST_FRAMES) throw new IOException("it has more than " + MOST_FRAMES + " frames");
                if (count == ticks.length) ticks = Arrays.copyOf(ticks, 2 * count);
                long told = stream.ticks();
                boolean sound = told != Long.MIN_VALUE && (count == 0 || told > ticks[count - 1]);
                ticks[count] = sound ? told : expected;
                long shown = stream.duration() > 0 ? stream.duration() : stream.usualDuration();
                expected = ticks[count] + shown;
                keys.set(count++, stream.isKey());
            }
            if (count == 0) throw new IOException("it has no frame");
            double[] starts = new double[count];
            for (int i = 0; i < count; i++) starts[i] = (ticks[i] - ticks[0]) * stream.unit();
            Timeline timeline = new Timeline(starts, (expected - ticks[0]) * stream.unit(), keys);
            return new Index(stream.isGif() ? timeline.asInBrowsers() : timeline, Arrays.copyOf(ticks, count));
        }
    }

    private static boolean next(VideoStream stream, int count) throws IOException {
        try {
            if (!stream.next()) return false;
        } catch (IOException e) {
            throw new IOException(e.getMessage() + " after " + count + " frames", e);
        }
        if (stream.isDamaged()) throw new IOException("it is damaged in frame " + count);
        return true;
    }

    @Override
    public List<Picture> frames(int... indices) throws IOException {
        Index known = index();
        List<Picture> pictures = new ArrayList<>();
        VideoStream stream = VideoStream.open(file);
        try {
            int at = -1; // the frame that the stream holds
            for (int wanted : indices) {
                int key = known.timeline.keyBefore(Math.max(0, known.timeline.keyBefore(wanted) - 1));
                if (key > at + WORTH_SEEKING) {
                    at = jump(stream, known, key);
                    if (at < 0) { // this file cannot be read from the middle
                        stream.close();
                        stream = VideoStream.open(file);
                        at = -1;
                    }
                }
                boolean fresh = at < wanted || pictures.isEmpty();
                while (at < wanted) {
                    if (!next(stream, at + 1))
                        throw new IOException(String.format(
                                Locale.ROOT, "it ends after %d of %d frames", at + 1, known.timeline.count()));
                    at++;
                }
                if (fresh) Footage.requireRoom(indices.length, stream.width(), stream.height());
                pictures.add(fresh ? stream.picture() : pictures.get(pictures.size() - 1));
            }
        } finally {
            stream.close();
        }
        return pictures;
    }

    /** Goes to a key frame and decodes it; -1 if the file does not lead there. Frames of before, which want others, are dropped. */
    private static int jump(VideoStream stream, Index known, int key) throws IOException {
        long wanted = known.ticks[key];
        if (!stream.seek(wanted)) return -1;
        do if (!stream.next()) return -1;
        while (stream.ticks() < wanted);
        return stream.ticks() == wanted ? key : -1;
    }
}
