package dev.calotype.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes pickle programs opcode by opcode, and the two kinds of files that PyTorch puts them in. */
final class Pickles {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static Pickles program() {
        return new Pickles().raw(0x80, 2);
    }

    Pickles raw(int... bytes) {
        for (int b : bytes) out.write(b);
        return this;
    }

    Pickles op(String opcodes) {
        out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Pickles text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return op("X").raw(utf8.length, utf8.length >> 8, 0, 0).bytes(utf8);
    }

    Pickles bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** LONG1 of eight bytes. */
    Pickles number(long value) {
        return raw(0x8A, 8)
                .bytes(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    Pickles global(String module, String name) {
        return op("c" + module + "\n" + name + "\n");
    }

    Pickles numbers(long... values) {
        op("(");
        for (long value : values) number(value);
        return op("t");
    }

    Pickles storage(String type, String key, long count) {
        return op("(").text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .number(count)
                .op("tQ");
    }

    /** An fp32 tensor as _rebuild_tensor_v2 has it. */
    Pickles tensor(String key, long count, long offset, long[] shape, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op("(")
                .storage("FloatStorage", key, count)
                .number(offset)
                .numbers(shape)
                .numbers(strides)
                .raw(0x89)
                .global("collections", "OrderedDict")
                .op(")R")
                .op("tR");
    }

    /** A vector that fills its storage. */
    Pickles vector(String key, long count) {
        return tensor(key, count, 0, new long[] {count}, new long[] {1});
    }

    byte[] stop() {
        return op(".").out.toByteArray();
    }

    /** Little-endian fp32. */
    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putFloat(value);
        return bytes.array();
    }

    /** A zip file as torch.save writes it; storages by key. */
    static Path zip(Path file, byte[] program, Map<String, byte[]> storages) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("archive/data.pkl", program);
        entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
        entries.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        return zip(file, ZipEntry.STORED, entries);
    }

    static Path zip(Path file, int method, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var e : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey());
                entry.setMethod(method);
                CRC32 crc = new CRC32();
                crc.update(e.getValue());
                entry.setCrc(crc.getValue());
                entry.setSize(e.getValue().length);
                zip.putNextEntry(entry);
                zip.write(e.getValue());
            }
        }
        return file;
    }

    /** A file as PyTorch before 1.6 wrote it: fp32 storages by key, in this order. */
    static Path legacy(Path file, byte[] program, Map<String, byte[]> storages) throws IOException {
        Pickles keys = program().op("](");
        storages.keySet().forEach(keys::text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(program()
                .raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19)
                .stop());
        bytes.writeBytes(program().number(1001).stop());
        bytes.writeBytes(
                program().op("}").text("little_endian").raw(0x88).op("s").stop());
        bytes.writeBytes(program);
        bytes.writeBytes(keys.op("e").stop());
        storages.values().forEach(values -> {
            try {
                new DataOutputStream(bytes).writeLong(Long.reverseBytes(values.length / 4));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            bytes.writeBytes(values);
        });
        return Files.write(file, bytes.toByteArray());
    }

    static Path cut(Path file, int length) throws IOException {
        return Files.write(
                file.resolveSibling(file.getFileName() + "-" + length),
                Arrays.copyOf(Files.readAllBytes(file), length));
    }
}
