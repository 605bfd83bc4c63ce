package dev.calotype.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's, which shows its scalars and pictures while it grows.
 *
 * <p>It is a sequence of TFRecords, each an {@code Event} message of TensorFlow's {@code event.proto} and
 * {@code summary.proto}: length, masked CRC-32C of the length, message, masked CRC-32C of the message, little-endian. A
 * record that a kill left unfinished ends what is read of the file, so whoever goes on opens a new file beside it.
 */
public final class EventFile implements AutoCloseable {
    private static final int VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5; // wire types of protocol buffers
    private static final int WALL_TIME = 1, STEP = 2, FILE_VERSION = 3, SUMMARY = 5, SESSION_LOG = 7; // of Event
    private static final int VALUE = 1, TAG = 1, SIMPLE_VALUE = 2, IMAGE = 4; // of Summary and Summary.Value
    private static final int GREY_PNG = 0;
    private static final int MASK = 0xa282ead8;

    private final OutputStream out; // no channel, which an interrupt would close
    private final Clock clock;

    private EventFile(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /**
     * Begins a new file in {@code folder}, which is made if it is absent.
     *
     * @param step the first step that will be written; what older files of the folder say of it and later ones is void
     */
    public static EventFile create(Path folder, long step) throws IOException {
        return create(folder, step, Clock.systemUTC());
    }

    static EventFile create(Path folder, long step, Clock clock) throws IOException {
        Files.createDirectories(folder);
        EventFile file = new EventFile(open(folder, clock.instant().getEpochSecond()), clock);
        file.write(0, FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        if (step > 0) file.write(step, SESSION_LOG, new Message().number(1, 1).bytes()); // status: START
        return file;
    }

    /** TensorBoard reads the files of a folder in the order of their names. */
    private static OutputStream open(Path folder, long second) throws IOException {
        for (int i = 0; ; i++) {
            Path path =
                    folder.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.%03d.calotype", second, i));
            try {
                return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                continue; // begun within the same second
            }
        }
    }

    /** Appends values of one step, by tag; those that are not finite are left out. */
    public void scalars(long step, Map<String, Double> values) throws IOException {
        Message summary = new Message();
        values.forEach((tag, value) -> {
            if (Double.isFinite(value))
                summary.bytes(
                        VALUE,
                        new Message()
                                .text(TAG, tag)
                                .real(SIMPLE_VALUE, value.floatValue())
                                .bytes());
        });
        write(step, SUMMARY, summary.bytes());
    }

    /** Appends a picture, an encoded PNG. */
    public void image(long step, String tag, byte[] png) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(png); // signature (8), length and name of IHDR (8), width, height, ...
        if (png.length < 33) throw new IOException("no PNG: " + png.length + " bytes");
        byte[] image = new Message()
                .number(1, header.getInt(20))
                .number(2, header.getInt(16))
                .number(3, header.get(25) == GREY_PNG ? 1 : 3)
                .bytes(4, png)
                .bytes();
        byte[] value = new Message().text(TAG, tag).bytes(IMAGE, image).bytes();
        write(step, SUMMARY, new Message().bytes(VALUE, value).bytes());
    }

    private void write(long step, int field, byte[] content) throws IOException {
        Instant now = clock.instant();
        Message event = new Message().real(WALL_TIME, now.getEpochSecond() + now.getNano() * 1e-9);
        if (step != 0) event.number(STEP, step);
        byte[] data = event.bytes(field, content).bytes();
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        length.putLong(0, data.length);
        ByteBuffer record =
                ByteBuffer.allocate(Long.BYTES + 4 + data.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length).putInt(checksum(length.array())).put(data).putInt(checksum(data));
        out.write(record.array());
    }

    /** CRC-32C, rotated and shifted so that a checksum of data that holds checksums is not one of them. */
    private static int checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A protocol buffer under construction; default values must not be given. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            return key(field, VARINT).varint(value);
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message bytes(int field, byte[] value) {
            key(field, BYTES).varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message real(int field, double value) {
            key(field, FIXED64);
            out.writeBytes(little(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message real(int field, float value) {
            key(field, FIXED32);
            out.writeBytes(little(Float.BYTES).putFloat(value).array());
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Message key(int field, int type) {
            return varint((long) field << 3 | type);
        }

        private Message varint(long value) {
            long rest = value;
            for (; (rest & ~0x7FL) != 0; rest >>>= 7) out.write((int) (rest & 0x7F | 0x80));
            out.write((int) rest);
            return this;
        }

        private static ByteBuffer little(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
