package dev.calotype.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** The fingerprint of a set of named tensors. */
public final class Digest {
    private Digest() {}

    /**
     * SHA-256 over the names, element types, shapes and values, as 64 hexadecimal digits. The order of the map, strides
     * and devices do not count.
     */
    public static String of(Map<String, Tensor> tensors) {
        Map<String, StoredTensor> loaded = new TreeMap<>();
        tensors.forEach((name, tensor) -> loaded.put(name, StoredTensor.of(tensor)));
        try {
            return of(loaded, name -> tensors.get(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of a text. */
    public static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The fingerprint of tensors on disk, which are read one after the other. */
    static String ofStored(Map<String, StoredTensor> tensors) throws IOException {
        return of(tensors, name -> tensors.get(name).read());
    }

    private interface Reader {
        Tensor read(String name) throws IOException;
    }

    private static String of(Map<String, StoredTensor> tensors, Reader reader) throws IOException {
        MessageDigest sha = sha256();
        for (var e : new TreeMap<>(tensors).entrySet()) {
            byte[] utf8 = e.getKey().getBytes(StandardCharsets.UTF_8);
            long[] shape = e.getValue().shape();
            ByteBuffer head = ByteBuffer.allocate(12 + utf8.length + 8 * shape.length);
            head.putInt(utf8.length)
                    .put(utf8)
                    .putInt(e.getValue().type().ordinal())
                    .putInt(shape.length);
            for (long size : shape) head.putLong(size);
            sha.update(head.flip());
            NativeBytes.tidy(() -> {
                NativeBytes.forEach(reader.read(e.getKey()), sha::update);
                return new Tensor[0];
            });
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    /** The fingerprint of each of several sets, on as many threads as there are cores. */
    static Map<String, String> ofEach(Map<String, Map<String, Tensor>> sets) {
        return sets.entrySet().parallelStream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> of(e.getValue()), (a, b) -> a, TreeMap::new));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
