package dev.calotype.data.video;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The frames of a video file, counted by decoding them.
 *
 * @param file its whole name
 */
record CountedFrames(String file) implements OfVideo<VideoIndex> {
    private static final int MOST_FRAMES = 1 << 20;

    CountedFrames(DataInputStream from) throws IOException {
        this(from.readUTF());
    }

    @Override
    public void write(DataOutputStream to) throws IOException {
        to.writeUTF(file);
    }

    @Override
    public VideoIndex work() throws IOException {
        long[] ticks = new long[256];
        BitSet keys = new BitSet();
        int count = 0;
        try (VideoStream stream = VideoStream.open(Path.of(file))) {
            stream.onlyCount();
            long expected = 0;
            while (stream.next(count)) {
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
            return new VideoIndex(stream.isGif() ? timeline.asInBrowsers() : timeline, Arrays.copyOf(ticks, count));
        }
    }

    @Override
    public void tell(VideoIndex index, DataOutputStream to) throws IOException {
        Timeline timeline = index.timeline();
        to.writeInt(timeline.count());
        for (int i = 0; i < timeline.count(); i++) {
            to.writeLong(index.ticks()[i]);
            to.writeDouble(timeline.starts()[i]);
            to.writeBoolean(timeline.keys().get(i));
        }
        to.writeDouble(timeline.end());
    }

    @Override
    public VideoIndex told(DataInputStream from) throws IOException {
        int count = from.readInt();
        if (count < 1 || count > MOST_FRAMES) throw new IOException("a process tells of " + count + " frames");
        long[] ticks = new long[count];
        double[] starts = new double[count];
        BitSet keys = new BitSet(count);
        for (int i = 0; i < count; i++) {
            ticks[i] = from.readLong();
            starts[i] = from.readDouble();
            keys.set(i, from.readBoolean());
        }
        return new VideoIndex(new Timeline(starts, from.readDouble(), keys), ticks);
    }
}
