package dev.calotype.data.video;

import dev.calotype.image.Picture;
import dev.calotype.isolation.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A video file. Its frames are counted by decoding them once, since headers lie; later reads begin at a key frame. FFmpeg runs in a process
 * of its own ({@link Isolation}).
 */
final class VideoFootage implements Footage {
    private final Path file;
    private VideoIndex index;

    VideoFootage(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public Timeline timeline() throws IOException {
        return index().timeline();
    }

    private synchronized VideoIndex index() throws IOException {
        if (index == null) index = Isolation.shared().done(new CountedFrames(file.toString()));
        return index;
    }

    @Override
    public List<Picture> frames(int... indices) throws IOException {
        VideoIndex known = index();
        int[] keys = Arrays.stream(indices).map(known::keyBefore).toArray();
        long[] ticks = Arrays.stream(keys).mapToLong(key -> known.ticks()[key]).toArray();
        return Isolation.shared()
                .done(new WantedFrames(
                        file.toString(), indices, keys, ticks, known.timeline().count()));
    }
}
