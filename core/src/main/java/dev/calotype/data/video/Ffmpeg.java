package dev.calotype.data.video;

import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/** The libraries of FFmpeg, loaded when the first video wants them; they may be absent from the class path. */
final class Ffmpeg {
    private static final int LONGEST_MESSAGE = 256;
    private static final boolean PRESENT = load();

    private Ffmpeg() {}

    private static boolean load() {
        try {
            Engine.extract("ffmpeg");
            Loader.load(avutil.class);
            Loader.load(avcodec.class);
            Loader.load(avformat.class);
            Loader.load(swscale.class);
            avutil.av_log_set_level(avutil.AV_LOG_QUIET);
            return true;
        } catch (LinkageError | UncheckedIOException e) {
            return false;
        }
    }

    /** @throws IOException that says what to add, if they are absent */
    static void require() throws IOException {
        if (!PRESENT)
            throw new IOException(
                    "the decoder of videos, org.bytedeco:ffmpeg with its native library for this platform, is not"
                            + " on the class path");
    }

    /** What a negative result of FFmpeg means. */
    static IOException failure(String what, int error) {
        byte[] text = new byte[LONGEST_MESSAGE];
        avutil.av_strerror(error, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) length++;
        return new IOException(what + " (" + new String(text, 0, length, StandardCharsets.UTF_8) + ")");
    }

    /** {@code result}, which is not negative. */
    static int checked(String what, int result) throws IOException {
        if (result < 0) throw failure(what, result);
        return result;
    }
}
