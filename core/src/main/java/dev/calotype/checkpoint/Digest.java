package dev.calotype.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** The fingerprint of a set of named tensors. */
public final class Digest {
    /** As long as any. */
    static final String OUTLINE = "0".repeat(64);

    private Digest() {}

    /**
     * SHA-256 over the names, element types, shapes and values, as 64 hexadecimal digits. The order of the map, strides
     * and devices do not count.
     */
    public static String of(Map<String, Tensor> tensors) {
        return of("", tensors, (set, name, tensor) -> {});
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

    /** Puts its numbers into a tensor of a set, just before they are digested. */
    interface Filling {
        void fill(String set, String name, Tensor blank) throws IOException;
    }

    /** The fingerprint of each of several sets, on as many threads as there are cores. */
    static Map<String, String> ofEach(Map<String, Map<String, Tensor>> sets) {
        try {
            return ofEach(sets, (set, name, tensor) -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Like {@link #ofEach(Map)}, of tensors that are filled on the way.
     *
     * @throws IOException the first failure, when nothing is filled any more: the tensors may be freed then
     */
    static Map<String, String> ofEach(Map<String, Map<String, Tensor>> sets, Filling filling) throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Map<String, String> digests = sets.entrySet().parallelStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> {
                            try {
                                return of(e.getKey(), e.getValue(), filling);
                            } catch (RuntimeException | Error failure) {
                                failures.add(failure);
                                return "";
                            }
                        },
                        (a, b) -> a,
                        TreeMap::new));
        Throwable first = failures.peek();
        if (first instanceof UncheckedIOException e) throw e.getCause();
        if (first instanceof RuntimeException e) throw e;
        if (first instanceof Error e) throw e;
        return digests;
    }

    private static String of(String set, Map<String, Tensor> tensors, Filling filling) {
        Map<String, StoredTensor> loaded = new TreeMap<>();
        tensors.forEach((name, tensor) -> loaded.put(name, StoredTensor.of(tensor)));
        try {
            return of(loaded, name -> {
                filling.fill(set, name, tensors.get(name));
                return tensors.get(name);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
