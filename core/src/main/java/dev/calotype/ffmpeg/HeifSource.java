package dev.calotype.ffmpeg;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A file in memory, opened by FFmpeg's reader of MP4, MOV and HEIF and by no other. */
public final class HeifSource implements AutoCloseable {
    private static final int BUFFER = 1 << 15;
    private static final int FORCE = 0x20000; // AVSEEK_FORCE
    private static final Map<Long, HeifSource> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final byte[] bytes;
    private final Number key = new Number(NUMBERS.incrementAndGet());
    private int position;
    private AVIOContext input;
    private AVFormatContext container;

    private HeifSource(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * That of a file.
     *
     * @param bytes of it, not copied
     * @throws IOException if it cannot be opened
     */
    public static HeifSource open(byte[] bytes) throws IOException {
        HeifSource source = new HeifSource(bytes);
        try {
            source.open();
            return source;
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private void open() throws IOException {
        OPEN.put(key.address(), this);
        BytePointer buffer = new BytePointer(avutil.av_malloc(BUFFER));
        input = avformat.avio_alloc_context(buffer, BUFFER, 0, key, Holder.READ, null, Holder.SEEK);
        container = avformat.avformat_alloc_context();
        container.pb(input);
        AVDictionary options = new AVDictionary(null);
        try {
            avutil.av_dict_set(options, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2", 0);
            avutil.av_dict_set(options, "protocol_whitelist", "none", 0);
            AVInputFormat format = avformat.av_find_input_format("mov");
            Ffmpeg.checked(
                    "it cannot be opened",
                    avformat.avformat_open_input(container, (BytePointer) null, format, options));
        } finally {
            avutil.av_dict_free(options);
        }
        Ffmpeg.checked("it is damaged", avformat.avformat_find_stream_info(container, (AVDictionary) null));
    }

    /** As FFmpeg has it, until this is closed. */
    public AVFormatContext container() {
        return container;
    }

    @Override
    public void close() {
        OPEN.remove(key.address());
        if (container != null && !container.isNull()) avformat.avformat_close_input(container);
        if (input == null || input.isNull()) return;
        avutil.av_free(input.buffer());
        avformat.avio_context_free(input);
    }

    private int read(BytePointer to, int most) {
        int count = Math.min(most, bytes.length - position);
        if (count <= 0) return avutil.AVERROR_EOF();
        to.put(bytes, position, count);
        position += count;
        return count;
    }

    private long seek(long offset, int whence) {
        int from = whence & ~FORCE;
        if (from == avformat.AVSEEK_SIZE) return bytes.length;
        long base = from == 0 ? 0 : from == 1 ? position : bytes.length;
        long target = base + offset;
        if (target < 0 || target > bytes.length) return avutil.AVERROR_EOF();
        position = (int) target;
        return position;
    }

    /** What FFmpeg hands back, to tell one source from another. */
    private static final class Number extends Pointer {
        Number(long number) {
            address = number;
        }
    }

    /** One of each for all sources: they are scarce. */
    private static final class Holder {
        static final Read_packet_Pointer_BytePointer_int READ = new Read_packet_Pointer_BytePointer_int() {
            @Override
            public int call(Pointer opaque, BytePointer to, int most) {
                return OPEN.get(opaque.address()).read(to, most);
            }
        };
        static final Seek_Pointer_long_int SEEK = new Seek_Pointer_long_int() {
            @Override
            public long call(Pointer opaque, long offset, int whence) {
                return OPEN.get(opaque.address()).seek(offset, whence);
            }
        };
    }
}
