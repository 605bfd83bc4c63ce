package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
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
        return read(file, PyTorchFile::stateDict, "");
    }

    /**
     * One set of several in a file: of a PyTorch file the dict called {@code group}, of a safetensors file the tensors whose
     * names begin with {@code group} and a dot or a slash.
     *
     * @throws IOException as {@link #read(Path)}, or if the file has no such set
     */
    public static Map<String, Tensor> read(Path file, String group) throws IOException {
        return read(file, read -> read.stateDict(group), group);
    }

    private interface Choice {
        Map<String, Tensor> of(PyTorchFile file) throws IOException;
    }

    private static Map<String, Tensor> read(Path file, Choice choice, String group) throws IOException {
        if (group.isEmpty() && Files.isRegularFile(file) && WeightIndex.is(file))
            return WeightIndex.read(file).tensors();
        if (!isPyTorch(file)) return safe(file, group);
        PyTorchFile read = PyTorchFile.read(file);
        try {
            return choice.of(read);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
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

    private static Map<String, Tensor> safe(Path file, String group) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            List<String> passed = new ArrayList<>();
            for (var e : open.header().entries().entrySet()) {
                String name = e.getKey();
                boolean member = name.startsWith(group + ".") || name.startsWith(group + "/");
                if (!group.isEmpty() && !member) continue;
                if (!e.getValue().type().supported()) passed.add(name);
                else tensors.put(group.isEmpty() ? name : name.substring(group.length() + 1), open.tensor(name));
            }
            if (!passed.isEmpty())
                LOG.warn(
                        "{}: passed over {} tensors of types that are not supported, such as {}",
                        file,
                        passed.size(),
                        Quoted.name(passed.get(0)));
            if (!group.isEmpty() && tensors.isEmpty())
                throw new IOException(file + ": it has no weights " + Quoted.name(group));
            return tensors;
        }
    }
}
