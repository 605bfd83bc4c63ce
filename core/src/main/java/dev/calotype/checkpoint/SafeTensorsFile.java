package dev.calotype.checkpoint;

import dev.calotype.io.NearestName;
import dev.calotype.io.Quoted;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * An open safetensors file: its header is read and checked, its tensors are read one by one when they are asked for.
 */
public final class SafeTensorsFile implements AutoCloseable {
    private final Path path;
    private final StoredTensor.Origin origin;
    private final FileChannel channel;
    private final long dataStart;
    private final SafeTensorsHeader header;

    SafeTensorsFile(Path path) throws IOException {
        this.path = path;
        origin = StoredTensor.Origin.of(path);
        channel = FileChannel.open(path);
        try {
            long size = channel.size();
            long headerBytes = size < 8 ? -1 : NativeBytes.read(channel, 0, 8).getLong();
            if (headerBytes < 2 || headerBytes > SafeTensorsHeader.MAX_BYTES || headerBytes > size - 8)
                throw new IOException(
                        "its first 8 bytes are no header length, or the file of " + size + " bytes is cut off");
            dataStart = 8 + headerBytes;
            header = HeaderReader.read(
                    NativeBytes.read(channel, 8, (int) headerBytes).array(), size - dataStart);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot read " + path + " as a safetensors file: " + Reason.of(e), e);
        } catch (RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Types, shapes and metadata. */
    public SafeTensorsHeader header() {
        return header;
    }

    /**
     * Reads one tensor. Throws {@link IllegalArgumentException} if the file has none of this name.
     *
     * @throws IOException if the file cannot be read, or the tensor's type is not supported: {@link ElementType#supported}
     */
    public Tensor tensor(String name) throws IOException {
        if (!header.entries().containsKey(name))
            throw new IllegalArgumentException(path + " has no tensor " + Quoted.name(name)
                    + NearestName.hint(name, header.entries().keySet()));
        return NativeBytes.tidy(() -> new Tensor[] {load(name, header.entries().get(name))})[0];
    }

    /** The tensors that are supported, to be read when they are wanted, also once this is closed. */
    public Map<String, StoredTensor> stored() {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> {
            long[] shape = SafeTensorsHeader.Entry.longs(entry.shape());
            if (entry.type().supported())
                stored.put(name, StoredTensor.of(entry.type(), shape, origin, dataStart + entry.begin()));
        });
        return stored;
    }

    /** Reads all tensors, whose types must all be supported. */
    public Map<String, Tensor> tensors() throws IOException {
        return tensors(target -> {
            for (var e : header.entries().entrySet()) fill(target.get(e.getKey()), e.getValue());
        });
    }

    /**
     * Reads all tensors, as many sets of them at once as there are cores; each set must have its {@link Digest}.
     *
     * @param sets makes of the tensors the sets by name, whose tensors are called what follows that name and a slash, or as in
     *     the file if it is empty; one that is in several is read as often
     * @param sha256 the digest of each set
     */
    Map<String, Tensor> tensors(
            Function<Map<String, Tensor>, Map<String, Map<String, Tensor>>> sets, Map<String, String> sha256)
            throws IOException {
        return tensors(target -> {
            Digest.Filling filling =
                    (set, name, tensor) -> fill(tensor, header.entries().get(set.isEmpty() ? name : set + "/" + name));
            if (!Digest.ofEach(sets.apply(target), filling).equals(sha256)) throw damaged();
        });
    }

    private interface Filling {
        void fill(Map<String, Tensor> target) throws IOException;
    }

    private Map<String, Tensor> tensors(Filling filling) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Tensor[] values = NativeBytes.tidy(() -> {
            for (var e : header.entries().entrySet()) tensors.put(e.getKey(), blank(e.getKey(), e.getValue()));
            filling.fill(tensors);
            return tensors.values().toArray(Tensor[]::new);
        });
        int i = 0;
        for (var e : tensors.entrySet()) e.setValue(values[i++]);
        return tensors;
    }

    /**
     * The tensors whose names begin with {@code prefix}, to be read when they are wanted; without it, their {@link Digest} must be
     * {@code sha256}, for which they are read once.
     */
    Map<String, StoredTensor> group(String prefix, String sha256) throws IOException {
        Map<String, StoredTensor> members = new LinkedHashMap<>();
        stored().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) members.put(name.substring(prefix.length()), tensor);
        });
        if (!Digest.ofStored(members).equals(sha256)) throw damaged();
        return members;
    }

    /** That the tensors are not those that were written. */
    IOException damaged() {
        return new IOException(path + " is damaged: its tensors have changed");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Tensor load(String name, SafeTensorsHeader.Entry entry) throws IOException {
        Tensor x = blank(name, entry);
        fill(x, entry);
        return x;
    }

    private Tensor blank(String name, SafeTensorsHeader.Entry entry) throws IOException {
        if (!entry.type().supported())
            throw new IOException("tensor " + Quoted.name(name) + " of " + path + " is of the type " + entry.type()
                    + ", which is not supported");
        return NativeBytes.empty(entry.type(), SafeTensorsHeader.Entry.longs(entry.shape()));
    }

    private void fill(Tensor blank, SafeTensorsHeader.Entry entry) throws IOException {
        try {
            NativeBytes.fill(blank, channel, dataStart + entry.begin());
        } catch (IOException e) {
            throw new IOException("cannot read " + path + ": " + Reason.of(e), e);
        }
    }
}
