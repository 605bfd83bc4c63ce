package dev.calotype.image;

import dev.calotype.ffmpeg.DisplayMatrix;
import dev.calotype.ffmpeg.Ffmpeg;
import dev.calotype.ffmpeg.FrameColours;
import dev.calotype.ffmpeg.Rgba;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * AVIF and HEIC, the pictures of HEIF (ISO/IEC 23008-12), through FFmpeg: the primary picture, whole or of tiles, with its alpha,
 * cropped and turned as the file says. Of an animation without a still picture the first frame is read.
 */
final class Heif {
    /** What alpha is called, in files of AVIF and of HEIC. */
    private static final Set<String> ALPHA =
            Set.of("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1");

    private final AVFormatContext container;
    private final long maxPixels;

    private Heif(HeifSource source, long maxPixels) {
        this.container = source.container();
        this.maxPixels = maxPixels;
    }

    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        if (!Ffmpeg.isPresent())
            throw new UnsupportedPictureException("its decoder, org.bytedeco:ffmpeg with its native library for this"
                    + " platform, is not on the class path");
        Part colours, alpha = null;
        Rgba seen, veil = null;
        try (HeifSource source = HeifSource.open(bytes)) {
            Heif file = new Heif(source, maxPixels);
            colours = file.primary();
            if (hasAlpha(bytes)) alpha = file.alphaOf(colours).orElse(null);
            seen = file.decoded(colours);
            if (alpha != null) veil = file.decoded(alpha);
        }
        boolean multiplied =
                !IsoBoxes.find(ByteBuffer.wrap(bytes), "meta", "iref", "prem").isEmpty();
        return taking.stored(stored(seen, veil, multiplied)
                .cropped(colours.crop[0], colours.crop[1], colours.crop[2], colours.crop[3])
                .turned(colours.orientation));
    }

    /** The profile of its colours; empty if it has none. */
    static byte[] profile(byte[] bytes) {
        for (ByteBuffer box : IsoBoxes.find(ByteBuffer.wrap(bytes), "meta", "iprp", "ipco", "colr")) {
            byte[] content = new byte[box.limit()];
            box.get(0, content);
            String kind = new String(content, 0, Math.min(4, content.length), StandardCharsets.ISO_8859_1);
            if (kind.equals("prof") || kind.equals("rICC")) return Arrays.copyOfRange(content, 4, content.length);
        }
        return PictureFile.NONE;
    }

    private static boolean hasAlpha(byte[] bytes) {
        for (ByteBuffer box : IsoBoxes.find(ByteBuffer.wrap(bytes), "meta", "iprp", "ipco", "auxC")) {
            byte[] content = new byte[box.limit()];
            box.get(0, content);
            String name = new String(content, StandardCharsets.ISO_8859_1);
            if (ALPHA.stream().anyMatch(name::contains)) return true;
        }
        return false;
    }

    private static Stored stored(Rgba seen, Rgba veil, boolean multiplied) {
        byte[] pixels = seen.pixels();
        for (int i = 0; veil != null && i < pixels.length; i += 4) {
            int a = veil.pixels()[i] & 0xFF;
            pixels[i + 3] = (byte) a;
            for (int c = i; multiplied && a > 0 && c < i + 3; c++)
                pixels[c] = (byte) Math.min(255, ((pixels[c] & 0xFF) * 255 + a / 2) / a);
        }
        return Stored.of(seen.width(), seen.height(), seen.grey(), veil != null, pixels);
    }

    /**
     * A picture of the file: one stream, or tiles that are one each.
     *
     * @param streams their numbers
     * @param grid where tiles stand; null for a picture of one stream
     * @param width of the picture before it is cropped and turned
     * @param crop rows that are cut off at the top and the bottom, columns at the left and the right
     */
    private record Part(
            int[] streams, AVStreamGroupTileGrid grid, int width, int height, int[] crop, int orientation) {}

    private Part primary() throws IOException {
        for (int i = 0; i < container.nb_stream_groups(); i++) {
            Part group = group(container.stream_groups(i));
            if (group != null) return group;
        }
        int best = IntStream.range(0, container.nb_streams())
                .filter(i -> (container.streams(i).disposition() & avformat.AV_DISPOSITION_DEFAULT) != 0)
                .filter(i -> parameters(i).codec_type() == avutil.AVMEDIA_TYPE_VIDEO)
                .findFirst()
                .orElseThrow(() -> new IOException("it has no picture"));
        return single(best);
    }

    private AVCodecParameters parameters(int stream) {
        return container.streams(stream).codecpar();
    }

    private Part single(int stream) {
        AVCodecParameters coded = parameters(stream);
        return new Part(
                new int[] {stream},
                null,
                coded.width(),
                coded.height(),
                crop(coded.coded_side_data(), coded.nb_coded_side_data()),
                DisplayMatrix.orientation(coded));
    }

    private Part group(AVStreamGroup group) {
        if (group.type() != avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID) return null;
        AVStreamGroupTileGrid grid = group.params_tile_grid();
        int[] streams = new int[grid.nb_tiles()];
        for (int i = 0; i < streams.length; i++)
            streams[i] = group.streams(grid.offsets_idx(i)).index();
        AVPacketSideData notes = grid.coded_side_data();
        int orientation = DisplayMatrix.orientation(notes, grid.nb_coded_side_data());
        return new Part(
                streams, grid, grid.width(), grid.height(), crop(notes, grid.nb_coded_side_data()), orientation);
    }

    private static int[] crop(AVPacketSideData notes, int count) {
        int[] crop = new int[4];
        AVPacketSideData data = avcodec.av_packet_side_data_get(notes, count, avcodec.AV_PKT_DATA_FRAME_CROPPING);
        if (data == null || data.isNull() || data.size() < 4L * crop.length) return crop;
        data.data()
                .capacity(4L * crop.length)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(crop);
        return crop;
    }

    /** The grey picture of the same size that is not the primary one. */
    private Optional<Part> alphaOf(Part colours) {
        for (int i = 0; i < container.nb_stream_groups(); i++) {
            Part group = group(container.stream_groups(i));
            if (group != null && isAlpha(group, colours)) return Optional.of(group);
        }
        return IntStream.range(0, container.nb_streams())
                .filter(i -> container.streams(i).disposition() == 0)
                .mapToObj(this::single)
                .filter(part -> isAlpha(part, colours))
                .findFirst();
    }

    private boolean isAlpha(Part part, Part colours) {
        int first = part.streams[0];
        return first != colours.streams[0]
                && part.width == colours.width
                && part.height == colours.height
                && avutil.av_pix_fmt_desc_get(parameters(first).format()).nb_components() == 1;
    }

    private Rgba decoded(Part part) throws IOException {
        ImageFiles.requireSize(part.width, part.height, maxPixels);
        if (part.grid == null) return frame(part.streams[0]);
        AVStreamGroupTileGrid grid = part.grid;
        ImageFiles.requireSize(grid.coded_width(), grid.coded_height(), maxPixels);
        byte[] whole = new byte[Math.multiplyExact(4, Math.multiplyExact(part.width, part.height))];
        boolean grey = true;
        for (int i = 0; i < part.streams.length; i++) {
            Rgba tile = frame(part.streams[i]);
            grey &= tile.grey();
            int left = grid.offsets_horizontal(i) - grid.horizontal_offset();
            int top = grid.offsets_vertical(i) - grid.vertical_offset();
            int from = Math.max(0, -left), to = Math.min(tile.width(), part.width - left);
            for (int y = Math.max(0, -top); y < Math.min(tile.height(), part.height - top) && from < to; y++) {
                int row = 4 * ((top + y) * part.width + left + from);
                System.arraycopy(tile.pixels(), 4 * (y * tile.width() + from), whole, row, 4 * (to - from));
            }
        }
        return new Rgba(part.width, part.height, grey, whole);
    }

    /** The first frame of a stream. */
    private Rgba frame(int stream) throws IOException {
        Ffmpeg.checked("it is damaged", avformat.avformat_seek_file(container, -1, Long.MIN_VALUE, 0, 0, 0));
        AVCodecContext decoder = Ffmpeg.decoder(container.streams(stream), maxPixels);
        AVPacket packet = avcodec.av_packet_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        try (FrameColours colours = new FrameColours()) {
            while (true) {
                int result = avcodec.avcodec_receive_frame(decoder, frame);
                if (result >= 0) return colours.of(frame);
                if (result != avutil.AVERROR_EAGAIN()) throw Ffmpeg.failure("it is damaged", result);
                feed(decoder, packet, stream);
            }
        } finally {
            avutil.av_frame_free(frame);
            avcodec.av_packet_free(packet);
            avcodec.avcodec_free_context(decoder);
        }
    }

    private void feed(AVCodecContext decoder, AVPacket packet, int stream) throws IOException {
        while (true) {
            int result = avformat.av_read_frame(container, packet);
            if (result == avutil.AVERROR_EOF()) {
                avcodec.avcodec_send_packet(decoder, null);
                return;
            }
            Ffmpeg.checked("it is damaged", result);
            try {
                if (packet.stream_index() != stream) continue;
                Ffmpeg.checked("it is damaged", avcodec.avcodec_send_packet(decoder, packet));
                return;
            } finally {
                avcodec.av_packet_unref(packet);
            }
        }
    }
}
