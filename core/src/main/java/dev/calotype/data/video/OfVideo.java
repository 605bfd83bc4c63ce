package dev.calotype.data.video;

import dev.calotype.ffmpeg.Ffmpeg;
import dev.calotype.isolation.Isolated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What FFmpeg does with a video file. */
interface OfVideo<A> extends Isolated<A> {
    /** Its whole name. */
    String file();

    @Override
    default String doer() {
        return Ffmpeg.NAME;
    }

    @Override
    default Duration limit() throws IOException {
        return Isolated.limit(Files.size(Path.of(file())));
    }
}
