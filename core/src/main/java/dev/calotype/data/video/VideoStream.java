package dev.calotype.data.video;

import dev.calotype.ffmpeg.DisplayMatrix;
import dev.calotype.ffmpeg.Ffmpeg;
import dev.calotype.ffmpeg.FrameColours;
import dev.calotype.ffmpeg.Rgba;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * The pictures of a video file in the order in which they are shown, decoded one after the other by FFmpeg. Only containers of
 * {@link #CONTAINERS} are opened, and of no protocol but files, so that a list of addresses is never followed. Belongs to one
 * thread.
 */
final class VideoStream implements AutoCloseable {
    /** Names of FFmpeg's readers: MP4 and MOV, AVI, WebM and Matroska, GIF. */
    static final String CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,gif";

    private static final int CORRUPT_FRAME = 1,
            KEY_FRAME = 1 << 1; // AV_FRAME_FLAG_CORRUPT and _KEY, which the binding lacks

    private final Path file;
    private final FrameColours colours = new FrameColours();
    private AVFormatContext container;
    private AVCodecContext decoder;
    private AVPacket packet;
    private AVFrame frame;
    private int index;
    private double unit;
    private int orientation;
    private boolean draining;

    private VideoStream(Path file) {
        this.file = file;
    }

    /** @throws IOException if it cannot be opened, or has no video that is read; in one sentence without the file's name */
    static VideoStream open(Path file) throws IOException {
        if (!Ffmpeg.isPresent())
            throw new IOException(
                    "the decoder of videos, org.bytedeco:ffmpeg with its native library for this platform, is not"
                            + " on the class path");
        VideoStream stream = new VideoStream(file);
        try {
            stream.open();
            return stream;
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private void open() throws IOException {
        container = new AVFormatContext(null);
        AVDictionary options = new AVDictionary(null);
        try (BytePointer name =
                new BytePointer(("file:" + file.toAbsolutePath() + "\0").getBytes(StandardCharsets.UTF_8))) {
            avutil.av_dict_set(options, "format_whitelist", CONTAINERS, 0);
            avutil.av_dict_set(options, "protocol_whitelist", "file", 0);
            Ffmpeg.checked("it is no video that is read", avformat.avformat_open_input(container, name, null, options));
        } finally {
            avutil.av_dict_free(options);
        }
        Ffmpeg.checked("it is damaged", avformat.avformat_find_stream_info(container, (AVDictionary) null));
        index = avformat.av_find_best_stream(container, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        boolean none =
                index < 0 || (container.streams(index).disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
        if (none) throw new IOException("it has no video");
        for (int i = 0; i < container.nb_streams(); i++)
            if (i != index) container.streams(i).discard(avcodec.AVDISCARD_ALL);
        AVStream stream = container.streams(index);
        orientation = DisplayMatrix.orientation(stream.codecpar());
        unit = avutil.av_q2d(stream.time_base());
        decoder = Ffmpeg.decoder(stream, ImageFiles.MAX_PIXELS);
        packet = avcodec.av_packet_alloc();
        frame = avutil.av_frame_alloc();
    }

    /** Leaves out of decoding what changes the looks of frames and nothing else. */
    void onlyCount() {
        decoder.skip_loop_filter(avcodec.AVDISCARD_ALL);
        decoder.skip_idct(avcodec.AVDISCARD_ALL);
    }

    /**
     * Decodes the next frame.
     *
     * @return false at the end
     * @throws IOException if the file is damaged here
     */
    boolean next() throws IOException {
        while (true) {
            int result = avcodec.avcodec_receive_frame(decoder, frame);
            if (result == avutil.AVERROR_EOF()) return false;
            if (result >= 0) return true;
            if (result != avutil.AVERROR_EAGAIN()) throw Ffmpeg.failure("it is damaged", result);
            feed();
        }
    }

    /**
     * {@link #next}, whose errors tell where.
     *
     * @param count of the frames before it
     * @throws IOException if the file is damaged here, or parts of the frame are guessed
     */
    boolean next(int count) throws IOException {
        try {
            if (!next()) return false;
        } catch (IOException e) {
            throw new IOException(e.getMessage() + " after " + count + " frames", e);
        }
        boolean guessed = (frame.flags() & CORRUPT_FRAME) != 0 || frame.decode_error_flags() != 0;
        if (guessed) throw new IOException("it is damaged in frame " + count);
        return true;
    }

    private void feed() throws IOException {
        while (!draining) {
            int result = avformat.av_read_frame(container, packet);
            if (result == avutil.AVERROR_EOF()) {
                draining = true;
                avcodec.avcodec_send_packet(decoder, null);
                return;
            }
            Ffmpeg.checked("it is damaged", result);
            try {
                if (packet.stream_index() != index) continue;
                result = avcodec.avcodec_send_packet(decoder, packet);
                Ffmpeg.checked("it is damaged", result);
                return;
            } finally {
                avcodec.av_packet_unref(packet);
            }
        }
    }

    /** When the frame is shown, in ticks of the file; {@code Long.MIN_VALUE} where that is not known. */
    long ticks() {
        return frame.best_effort_timestamp();
    }

    /** Ticks for which it is shown; 0 where that is not known. */
    long duration() {
        return Math.max(0, frame.duration());
    }

    /** Whether decoding can begin here. */
    boolean isKey() {
        return (frame.flags() & KEY_FRAME) != 0;
    }

    int width() {
        return frame.width();
    }

    int height() {
        return frame.height();
    }

    /** Whether it is a GIF, whose writers mean other times than they write. */
    boolean isGif() {
        return container.iformat().name().getString().equals("gif");
    }

    /** Seconds of a tick. */
    double unit() {
        return unit;
    }

    /** Ticks of a usual frame. */
    long usualDuration() {
        AVRational rate = container.streams(index).avg_frame_rate();
        double perSecond = rate.num() > 0 && rate.den() > 0 ? avutil.av_q2d(rate) : 25;
        return Math.max(1, Math.round(1 / (perSecond * unit)));
    }

    /** The frame as it is to be looked at, in RGB. */
    Picture picture() throws IOException {
        Rgba rgba = colours.of(frame);
        return Images.upright(Picture.ofRgba(rgba.width(), rgba.height(), rgba.pixels()), orientation);
    }

    /** Goes to a place from which the frame of these ticks can be decoded; false if the file cannot be read so. */
    boolean seek(long ticks) {
        if (avformat.avformat_seek_file(container, index, Long.MIN_VALUE, ticks, ticks, 0) < 0) return false;
        avcodec.avcodec_flush_buffers(decoder);
        draining = false;
        return true;
    }

    @Override
    public void close() {
        colours.close();
        if (frame != null) avutil.av_frame_free(frame);
        if (packet != null) avcodec.av_packet_free(packet);
        if (decoder != null) avcodec.avcodec_free_context(decoder);
        if (container != null && !container.isNull()) avformat.avformat_close_input(container);
    }
}
