package dev.calotype.image;

import dev.calotype.image.PictureFormat.PixelRows;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.Deflater;

/**
 * Makes TIFF files (TIFF 6.0) of 8 or 16 bits, grey or RGB, deflated in strips after horizontal differencing, with alpha, a
 * profile, and texts as the description of the picture.
 */
final class TiffFile {
    private static final int SHORT = 3, LONG = 4, ASCII = 2, UNDEFINED = 7;
    private static final int STRIP = 1 << 18; // bytes of samples, more or less
    private static final int HEAD = 8, ENTRY = 12;
    private static final int DEFLATE = 8, DIFFERENCES = 2, UNASSOCIATED = 2;

    private TiffFile() {}

    /** A tag whose values lie elsewhere in the file where they need more than four bytes. */
    private record Field(int type, int count, byte[] values) {
        static Field numbers(int type, long... numbers) {
            ByteBuffer values = ByteBuffer.allocate(numbers.length * (type == SHORT ? 2 : 4));
            for (long number : numbers)
                if (type == SHORT) values.putShort((short) number);
                else values.putInt((int) number);
            return new Field(type, numbers.length, values.array());
        }
    }

    static byte[] encode(PixelRows picture, Map<String, String> text) {
        int rows = Math.max(1, Math.min(picture.height(), STRIP / picture.stride()));
        int strips = (picture.height() + rows - 1) / rows;
        long[] offsets = new long[strips], lengths = new long[strips];
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < strips; i++) {
            byte[] strip = deflated(picture, i * rows, Math.min(picture.height(), (i + 1) * rows));
            offsets[i] = HEAD + body.size();
            lengths[i] = strip.length;
            body.writeBytes(strip);
        }
        if (body.size() % 2 == 1) body.write(0);
        SortedMap<Integer, Field> fields = fields(picture, text);
        fields.put(273, Field.numbers(LONG, offsets));
        fields.put(278, Field.numbers(LONG, rows));
        fields.put(279, Field.numbers(LONG, lengths));
        return file(body.toByteArray(), fields);
    }

    private static SortedMap<Integer, Field> fields(PixelRows picture, Map<String, String> text) {
        SortedMap<Integer, Field> fields = new TreeMap<>();
        long[] bits = new long[picture.samples()];
        Arrays.fill(bits, picture.bytes() * (long) Byte.SIZE);
        fields.put(256, Field.numbers(LONG, picture.width()));
        fields.put(257, Field.numbers(LONG, picture.height()));
        fields.put(258, Field.numbers(SHORT, bits));
        fields.put(259, Field.numbers(SHORT, DEFLATE));
        fields.put(262, Field.numbers(SHORT, picture.channels() == 1 ? 1 : 2)); // black is zero; RGB
        fields.put(277, Field.numbers(SHORT, picture.samples()));
        fields.put(284, Field.numbers(SHORT, 1)); // the samples of a pixel lie together
        fields.put(317, Field.numbers(SHORT, DIFFERENCES));
        if (picture.alpha() > 0) fields.put(338, Field.numbers(SHORT, UNASSOCIATED));
        if (picture.profile().length > 0)
            fields.put(34675, new Field(UNDEFINED, picture.profile().length, picture.profile()));
        String description = text.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"));
        byte[] ascii = (description + "\0").getBytes(StandardCharsets.UTF_8);
        if (!text.isEmpty()) fields.put(270, new Field(ASCII, ascii.length, ascii));
        return fields;
    }

    /** Big-endian, as the samples are: header, strips, directory, and what does not fit into the directory. */
    private static byte[] file(byte[] body, SortedMap<Integer, Field> fields) {
        int directory = HEAD + body.length;
        int beyond = directory + 2 + fields.size() * ENTRY + 4;
        int more = fields.values().stream().mapToInt(TiffFile::room).sum();
        ByteBuffer file = ByteBuffer.allocate(Math.addExact(beyond, more));
        file.put((byte) 'M')
                .put((byte) 'M')
                .putShort((short) 42)
                .putInt(directory)
                .put(body);
        file.putShort((short) fields.size());
        for (Map.Entry<Integer, Field> entry : fields.entrySet()) {
            Field field = entry.getValue();
            int at = file.position();
            file.putShort(entry.getKey().shortValue())
                    .putShort((short) field.type)
                    .putInt(field.count);
            if (room(field) == 0) file.put(field.values);
            else {
                file.putInt(beyond);
                file.put(beyond, field.values);
                beyond += room(field);
            }
            file.position(at + ENTRY);
        }
        return file.array();
    }

    private static int room(Field field) {
        return field.values.length <= 4 ? 0 : field.values.length + field.values.length % 2;
    }

    private static byte[] deflated(PixelRows picture, int from, int to) {
        int stride = picture.stride();
        byte[] samples = new byte[(to - from) * stride];
        for (int y = from; y < to; y++) {
            picture.read(y, samples, (y - from) * stride);
            difference(samples, (y - from) * stride, picture);
        }
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(samples);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(samples.length / 2 + 64);
            byte[] part = new byte[1 << 14];
            while (!deflater.finished()) out.write(part, 0, deflater.deflate(part));
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /** Each sample of a row less that of the pixel before, from the right. */
    private static void difference(byte[] row, int at, PixelRows picture) {
        int step = picture.step(), end = at + picture.stride();
        for (int i = end - picture.bytes(); i >= at + step; i -= picture.bytes()) {
            if (picture.bytes() == 1) {
                row[i] -= row[i - step];
                continue;
            }
            int here = (row[i] & 0xFF) << Byte.SIZE | row[i + 1] & 0xFF;
            int before = (row[i - step] & 0xFF) << Byte.SIZE | row[i - step + 1] & 0xFF;
            row[i] = (byte) (here - before >> Byte.SIZE);
            row[i + 1] = (byte) (here - before);
        }
    }
}
