package dev.calotype.checkpoint;

import dev.calotype.tensor.Tensors;
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
        MessageDigest sha = sha256();
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            long[] shape = Tensors.shape(tensor);
            ByteBuffer head = ByteBuffer.allocate(12 + utf8.length + 8 * shape.length);
            head.putInt(utf8.length)
                    .put(utf8)
                    .putInt(ElementType.of(tensor).ordinal())
                    .putInt(shape.length);
            for (long size : shape) head.putLong(size);
            sha.update(head.flip());
            try {
                NativeBytes.forEach(tensor, sha::update);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
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
