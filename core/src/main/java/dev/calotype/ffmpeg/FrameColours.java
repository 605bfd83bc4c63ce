package dev.calotype.ffmpeg;

import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Makes RGBA of decoded frames, by the matrix and the range that the frame names. Where it names none, a frame of 1280 pixels of width or more,
 * or of more than 576 lines, is taken as BT.709, smaller ones as BT.601; Y'CbCr as limited, grey as full. Transfer curves and primaries are left as they are: what is coded as HDR is not mapped.
 */
public final class FrameColours implements AutoCloseable {
    private static final int WIDE = 1280, HIGH = 576;
    private static final int FLAGS = swscale.SWS_BICUBIC | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT;
    private static final int ALIGNMENT = 64;

    private SwsContext context;
    private Form form;
    private BytePointer buffer;
    private int stride;
    private boolean grey;

    /** What a context is made for. */
    private record Form(int width, int height, int format, int matrix, int range) {
        static Form of(AVFrame frame) {
            return new Form(frame.width(), frame.height(), frame.format(), frame.colorspace(), frame.color_range());
        }
    }

    /**
     * The colours of a frame.
     *
     * @throws IOException if its form of pixels, or its matrix, is not read
     */
    public Rgba of(AVFrame frame) throws IOException {
        Form wanted = Form.of(frame);
        if (!wanted.equals(form)) prepare(wanted);
        int width = wanted.width, height = wanted.height;
        try (PointerPointer<BytePointer> planes = new PointerPointer<>(4);
                IntPointer strides = new IntPointer(stride, 0, 0, 0)) {
            planes.put(0, buffer).put(1, null).put(2, null).put(3, null);
            Ffmpeg.checked(
                    "its colours cannot be converted",
                    swscale.sws_scale(context, frame.data(), frame.linesize(), 0, height, planes, strides));
        }
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 4)];
        for (int y = 0; y < height; y++) buffer.position((long) y * stride).get(pixels, 4 * y * width, 4 * width);
        buffer.position(0);
        return new Rgba(width, height, grey, pixels);
    }

    private void prepare(Form wanted) throws IOException {
        close();
        AVPixFmtDescriptor format = avutil.av_pix_fmt_desc_get(wanted.format);
        if (format == null || format.isNull()) throw new IOException("its form of pixels is not read");
        grey = (format.flags() & (avutil.AV_PIX_FMT_FLAG_RGB | avutil.AV_PIX_FMT_FLAG_PAL)) == 0
                && format.nb_components() < 3;
        boolean coloured = !grey && (format.flags() & avutil.AV_PIX_FMT_FLAG_RGB) == 0;
        int matrix = coloured ? matrix(wanted) : avutil.AVCOL_SPC_SMPTE170M;
        boolean full = wanted.range == avutil.AVCOL_RANGE_JPEG
                || wanted.range != avutil.AVCOL_RANGE_MPEG && (!coloured || isFull(format));
        context = swscale.sws_getContext(
                wanted.width,
                wanted.height,
                plain(wanted.format),
                wanted.width,
                wanted.height,
                avutil.AV_PIX_FMT_RGBA,
                FLAGS,
                null,
                null,
                (DoublePointer) null);
        if (context == null || context.isNull())
            throw new IOException("its form of pixels, " + format.name().getString() + ", is not read");
        swscale.sws_setColorspaceDetails(
                context,
                swscale.sws_getCoefficients(matrix),
                full ? 1 : 0,
                swscale.sws_getCoefficients(swscale.SWS_CS_DEFAULT),
                1,
                0,
                1 << 16,
                1 << 16);
        stride = (4 * wanted.width + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        buffer = new BytePointer((long) stride * wanted.height + ALIGNMENT);
        form = wanted;
    }

    /** As swscale names it. */
    private static int matrix(Form form) throws IOException {
        return switch (form.matrix) {
            case avutil.AVCOL_SPC_UNSPECIFIED, avutil.AVCOL_SPC_RESERVED ->
                form.width >= WIDE || form.height > HIGH ? avutil.AVCOL_SPC_BT709 : avutil.AVCOL_SPC_SMPTE170M;
            case avutil.AVCOL_SPC_BT709,
                    avutil.AVCOL_SPC_FCC,
                    avutil.AVCOL_SPC_BT470BG,
                    avutil.AVCOL_SPC_SMPTE170M,
                    avutil.AVCOL_SPC_SMPTE240M,
                    avutil.AVCOL_SPC_BT2020_NCL,
                    avutil.AVCOL_SPC_BT2020_CL -> form.matrix;
            default ->
                throw new IOException("its matrix of colours, "
                        + avutil.av_color_space_name(form.matrix).getString() + ", is not read");
        };
    }

    /** Old names of formats say the range. */
    private static boolean isFull(AVPixFmtDescriptor format) {
        return format.name().getString().startsWith("yuvj");
    }

    private static int plain(int format) {
        return switch (format) {
            case avutil.AV_PIX_FMT_YUVJ420P -> avutil.AV_PIX_FMT_YUV420P;
            case avutil.AV_PIX_FMT_YUVJ422P -> avutil.AV_PIX_FMT_YUV422P;
            case avutil.AV_PIX_FMT_YUVJ444P -> avutil.AV_PIX_FMT_YUV444P;
            case avutil.AV_PIX_FMT_YUVJ440P -> avutil.AV_PIX_FMT_YUV440P;
            case avutil.AV_PIX_FMT_YUVJ411P -> avutil.AV_PIX_FMT_YUV411P;
            default -> format;
        };
    }

    @Override
    public void close() {
        if (context != null && !context.isNull()) swscale.sws_freeContext(context);
        if (buffer != null) buffer.close();
        context = null;
        buffer = null;
        form = null;
    }
}
