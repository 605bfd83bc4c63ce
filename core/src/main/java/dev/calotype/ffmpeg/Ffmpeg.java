package dev.calotype.ffmpeg;

import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/** The libraries of FFmpeg, loaded when the first file wants them; they may be absent from the class path. */
public final class Ffmpeg {
    /** What people call them. */
    public static final String NAME = "FFmpeg";

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

    /** Whether they are on the class path for this platform. */
    public static boolean isPresent() {
        return PRESENT;
    }

    /**
     * A decoder of a stream, of one thread, which is yours to free.
     *
     * @param maxPixels the largest frame that it decodes
     * @throws IOException if there is none, or it does not start
     */
    public static AVCodecContext decoder(AVStream stream, long maxPixels) throws IOException {
        int codec = stream.codecpar().codec_id();
        AVCodec known = avcodec.avcodec_find_decoder(codec);
        if (known == null || known.isNull())
            throw new IOException("its codec " + avcodec.avcodec_get_name(codec).getString() + " is not read");
        AVCodecContext decoder = avcodec.avcodec_alloc_context3(known);
        try {
            checked("it is damaged", avcodec.avcodec_parameters_to_context(decoder, stream.codecpar()));
            decoder.pkt_timebase(stream.time_base());
            decoder.thread_count(1);
            decoder.max_pixels(maxPixels);
            checked("its decoder fails", avcodec.avcodec_open2(decoder, known, (AVDictionary) null));
            return decoder;
        } catch (IOException | RuntimeException e) {
            avcodec.avcodec_free_context(decoder);
            throw e;
        }
    }

    /** What a negative result of FFmpeg means. */
    public static IOException failure(String what, int error) {
        byte[] text = new byte[LONGEST_MESSAGE];
        avutil.av_strerror(error, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) length++;
        return new IOException(what + " (" + new String(text, 0, length, StandardCharsets.UTF_8) + ")");
    }

    /**
     * {@code result}, which is not negative.
     *
     * @throws IOException that begins with {@code what}, if it is
     */
    public static int checked(String what, int result) throws IOException {
        if (result < 0) throw failure(what, result);
        return result;
    }
}
