package dev.calotype.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Reads weights from a file of any supported format, told apart by content and not by name. */
public final class WeightFile {
    private static final int ZIP = 0x04034B50;
    private static final int GIT_LFS = 0x73726576; // "vers" of "version https://git-lfs..."

    private WeightFile() {}

    /**
     * The tensors of a safetensors or PyTorch file by name, in the caller's scope.
     *
     * @throws IOException if the file cannot be read, is damaged, or is of neither format
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + " is a folder, not a file with weights");
        int start;
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < 4) throw new IOException(file + " has " + channel.size() + " bytes: no weights");
            start = NativeBytes.read(channel, 0, 4).getInt();
        }
        if (start == GIT_LFS) throw new IOException(file + " is only a pointer of Git LFS: fetch the file itself");
        if (start == ZIP || (start & 0xFF) == 0x80)
            return PyTorchFile.read(file).stateDict();
        return SafeTensors.read(file).tensors();
    }
}
