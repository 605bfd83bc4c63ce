package dev.calotype.image;

import dev.calotype.ffmpeg.DisplayMatrix;
import dev.calotype.ffmpeg.Ffmpeg;
import dev.calotype.ffmpeg.FrameColours;
import dev.calotype.ffmpeg.HeifItems;
import dev.calotype.ffmpeg.HeifSource;
import dev.calotype.ffmpeg.Rgba;
import dev.calotype.isolation.Isolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
 * cropped and turned as the file says. FFmpeg runs in a process of its own ({@link Isolation}). Of an animation without a still picture the first frame is read.
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
        HeifItems.require(bytes);
        return taking.stored(
                Isolation.shared().done(new HeifPicture(bytes, maxPixels)).stored());
    }

    /** What FFmpeg makes of a file, in this process. */
    static HeifPicture.Decoded decoded(byte[] bytes, long maxPixels) throws IOException {
        if (!Ffmpeg.isPresent())
            throw new UnsupportedPictureException("its decoder, org.bytedeco:ffmpeg with its native library for this"
                    + " platform, is not on the class path");
        Part colours;
        Map<Part, Rgba> decoded;
        Part alpha;
        try (HeifSource source = HeifSource.open(bytes)) {
            Heif file = new Heif(source, maxPixels);
            colours = file.primary();
            alpha = hasAlpha(bytes) ? file.alphaOf(colours).orElse(null) : null;
            decoded = file.decoded(alpha == null ? List.of(colours) : List.of(colours, alpha));
        }
        boolean multiplied =
                !IsoBoxes.find(ByteBuffer.wrap(bytes), "meta", "iref", "prem").isEmpty();
        Rgba seen = decoded.get(colours), veil = decoded.get(alpha);
        if (veil != null) cover(seen.pixels(), veil.pixels(), multiplied);
        return new HeifPicture.Decoded(seen, veil != null, colours.crop, colours.orientation);
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

    private static void cover(byte[] pixels, byte[] veil, boolean multiplied) {
        for (int i = 0; i < pixels.length; i += 4) {
            int a = veil[i] & 0xFF;
            pixels[i + 3] = (byte) a;
            for (int c = i; multiplied && a > 0 && c < i + 3; c++)
                pixels[c] = (byte) Math.min(255, ((pixels[c] & 0xFF) * 255 + a / 2) / a);
        }
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

    /** Some pictures, in one passage through the file. */
    private Map<Part, Rgba> decoded(List<Part> parts) throws IOException {
        Map<Part, Rgba> whole = new IdentityHashMap<>();
        Map<Integer, Part> wanted = new HashMap<>();
        for (Part part : parts) {
            ImageFiles.requireSize(part.width, part.height, maxPixels);
            if (part.grid != null) ImageFiles.requireSize(part.grid.coded_width(), part.grid.coded_height(), maxPixels);
            for (int stream : part.streams) wanted.put(stream, part);
        }
        AVPacket packet = avcodec.av_packet_alloc();
        try {
            while (!wanted.isEmpty()) {
                Ffmpeg.checked("it is damaged", avformat.av_read_frame(container, packet));
                Part part = wanted.remove(packet.stream_index());
                if (part != null) place(frame(packet), packet.stream_index(), part, whole);
                avcodec.av_packet_unref(packet);
            }
        } finally {
            avcodec.av_packet_free(packet);
        }
        return whole;
    }

    /** Puts the picture of a stream where it stands in its part. */
    private static void place(Rgba picture, int stream, Part part, Map<Part, Rgba> whole) {
        if (part.grid == null) {
            whole.put(part, picture);
            return;
        }
        Rgba before = whole.get(part);
        byte[] pixels = before != null
                ? before.pixels()
                : new byte[Math.multiplyExact(4, Math.multiplyExact(part.width, part.height))];
        for (int tile = 0; tile < part.streams.length; tile++)
            if (part.streams[tile] == stream) copy(picture, part, tile, pixels);
        boolean grey = picture.grey() && (before == null || before.grey());
        whole.put(part, new Rgba(part.width, part.height, grey, pixels));
    }

    private static void copy(Rgba picture, Part part, int tile, byte[] pixels) {
        int left = part.grid.offsets_horizontal(tile) - part.grid.horizontal_offset();
        int top = part.grid.offsets_vertical(tile) - part.grid.vertical_offset();
        int from = Math.max(0, -left), to = Math.min(picture.width(), part.width - left);
        for (int y = Math.max(0, -top); y < Math.min(picture.height(), part.height - top) && from < to; y++) {
            int row = 4 * ((top + y) * part.width + left + from);
            System.arraycopy(picture.pixels(), 4 * (y * picture.width() + from), pixels, row, 4 * (to - from));
        }
    }

    /** The picture of a packet, by a decoder of its own. */
    private Rgba frame(AVPacket packet) throws IOException {
        AVCodecContext decoder = Ffmpeg.decoder(container.streams(packet.stream_index()), maxPixels);
        AVFrame frame = avutil.av_frame_alloc();
        try (FrameColours colours = new FrameColours()) {
            Ffmpeg.checked("it is damaged", avcodec.avcodec_send_packet(decoder, packet));
            avcodec.avcodec_send_packet(decoder, null); // there is no other
            Ffmpeg.checked("it is damaged", avcodec.avcodec_receive_frame(decoder, frame));
            return colours.of(frame);
        } finally {
            avutil.av_frame_free(frame);
            avcodec.avcodec_free_context(decoder);
        }
    }
}
