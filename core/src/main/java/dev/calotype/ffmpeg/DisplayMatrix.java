package dev.calotype.ffmpeg;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.global.avcodec;

/** How a camera was held, as MP4, MOV and HEIF say it: by a matrix of nine numbers. */
public final class DisplayMatrix {
    private static final int BYTES = 36;

    private DisplayMatrix() {}

    /** The number that Exif has for it, 1..8; 1 where nothing is said, or another angle than a right one. */
    public static int orientation(AVCodecParameters parameters) {
        return orientation(parameters.coded_side_data(), parameters.nb_coded_side_data());
    }

    /** The same, found among {@code count} notes on what is coded. */
    public static int orientation(AVPacketSideData notes, int count) {
        AVPacketSideData data = avcodec.av_packet_side_data_get(notes, count, avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        if (data == null || data.isNull() || data.size() < BYTES) return 1;
        IntBuffer m = data.data()
                .capacity(BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
        return orientation(sign(m.get(0)), sign(m.get(1)), sign(m.get(3)), sign(m.get(4)));
    }

    /** Of a point (x, y) that is shown at (a x + c y, b x + d y), y pointing down. */
    static int orientation(int a, int b, int c, int d) {
        if (b == 0 && c == 0 && a * d != 0) return a > 0 ? (d > 0 ? 1 : 4) : d > 0 ? 2 : 3;
        if (a == 0 && d == 0 && b * c != 0) return b > 0 ? (c > 0 ? 5 : 6) : c > 0 ? 8 : 7;
        return 1;
    }

    /** 1, -1, or 0 for what is nearly 0: numbers have 16 bits behind the point. */
    private static int sign(int fixed) {
        return Math.abs(fixed) < 1 << 10 ? 0 : Integer.signum(fixed);
    }
}
