package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads weights from a file of any supported format, told apart by content and not by name. */
public final class WeightFile {
    private static final Logger LOG = LoggerFactory.getLogger(WeightFile.class);
    private static final int ZIP = 0x04034B50;
    private static final int PICKLE = 0x80; // also the last byte of some safetensors files' header lengths
    private static final int GIT_LFS = 0x73726576; // "vers" of "version https://git-lfs..."

    private static final int SAFETENSORS = '{'; // the first byte of the header, at byte 8

    private WeightFile() {}

    /**
     * The weights of a safetensors or PyTorch file by name, in the caller's scope; of an {@code index.json}, those of all files
     * that it names. Tensors of types that the engine does not
     * have are passed over with a warning.
     *
     * @throws IOException if the file cannot be read, is damaged, is of neither format, or holds several sets of weights, such
     *     as those of a model and their averages: {@link PyTorchFile#stateDict()}
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        return loaded(stored(file));
    }

    /**
     * The weights of {@link #read(Path)} by name, not read yet: so a network takes them one at a time, without a second copy of all.
     *
     * @throws IOException as {@link #read(Path)}
     */
    public static Map<String, StoredTensor> stored(Path file) throws IOException {
        return stored(file, PyTorchFile::stateDict, "");
    }

    /**
     * One set of several in a file: of a PyTorch file the dict called {@code group}, of a safetensors file the tensors whose
     * names begin with {@code group} and a dot or a slash.
     *
     * @throws IOException as {@link #read(Path)}, or if the file has no such set
     */
    public static Map<String, Tensor> read(Path file, String group) throws IOException {
        return loaded(stored(file, group));
    }

    /** One set of several, not read yet. */
    public static Map<String, StoredTensor> stored(Path file, String group) throws IOException {
        return stored(file, read -> read.stateDict(group), group);
    }

    static Map<String, Tensor> loaded(Map<String, StoredTensor> stored) throws IOException {
        Tensor[] values = NativeBytes.tidy(() -> {
            Tensor[] read = new Tensor[stored.size()];
            int i = 0;
            for (StoredTensor tensor : stored.values()) read[i++] = tensor.read();
            return read;
        });
        Map<String, Tensor> loaded = new LinkedHashMap<>();
        for (String name : stored.keySet()) loaded.put(name, values[loaded.size()]);
        return loaded;
    }

    private interface Choice {
        Map<String, StoredTensor> of(PyTorchFile file) throws IOException;
    }

    private static Map<String, StoredTensor> stored(Path file, Choice choice, String group) throws IOException {
        if (group.isEmpty() && Files.isRegularFile(file) && WeightIndex.is(file))
            return WeightIndex.read(file).tensors();
        if (!isPyTorch(file)) return safe(file, group);
        PyTorchFile read = PyTorchFile.read(file);
        try {
            return choice.of(read);
        } catch (IOException e) {
            throw new IOException(file + ": " + Reason.of(e), e);
        }
    }

    /**
     * The texts in the header of a safetensors file; none of a PyTorch file.
     *
     * @throws IOException if the file cannot be read, or is of neither format
     */
    public static Map<String, String> metadata(Path file) throws IOException {
        if (isPyTorch(file)) return Map.of();
        try (SafeTensorsFile safe = SafeTensors.open(file)) {
            return safe.header().metadata();
        }
    }

    /**
     * Whether a file is one of {@code torch.save}, by its first bytes; if not, it may be a safetensors file.
     *
     * @throws IOException if it is neither
     */
    public static boolean isPyTorch(Path file) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + " is a folder, not a file with weights");
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < 9) throw new IOException(file + " has " + channel.size() + " bytes: no weights");
            ByteBuffer start = NativeBytes.read(channel, 0, 9);
            if (start.getInt(0) == GIT_LFS)
                throw new IOException(file + " is only a pointer of Git LFS: fetch the file itself");
            boolean safe = start.get(8) == SAFETENSORS && start.getInt(4) == 0; // a header has less than 4 GB
            if (start.getInt(0) == ZIP || !safe && (start.get(0) & 0xFF) == PICKLE) return true;
            if (WeightIndex.is(file))
                throw new IOException(file + " is JSON, not weights: of an index of several files, name one of these, "
                        + WeightIndex.read(file).parts().get(0).getFileName() + " for example");
            if (start.get(8) != SAFETENSORS)
                throw new IOException(file + " begins neither as a safetensors file nor as one of torch.save");
            return false;
        }
    }

    private static Map<String, StoredTensor> safe(Path file, String group) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, StoredTensor> stored = open.stored();
            List<String> passed = new ArrayList<>(open.header().entries().keySet());
            passed.removeAll(stored.keySet());
            if (!passed.isEmpty())
                LOG.warn(
                        "{}: passed over {} tensors of types that are not supported, such as {}",
                        file,
                        passed.size(),
                        Quoted.name(passed.get(0)));
            if (group.isEmpty()) return stored;
            Map<String, StoredTensor> members = new LinkedHashMap<>();
            stored.forEach((name, tensor) -> {
                if (name.startsWith(group + ".") || name.startsWith(group + "/"))
                    members.put(name.substring(group.length() + 1), tensor);
            });
            if (members.isEmpty()) throw new IOException(file + ": it has no weights " + Quoted.name(group));
            return members;
        }
    }
}
