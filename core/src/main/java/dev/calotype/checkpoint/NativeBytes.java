package dev.calotype.checkpoint;

import dev.calotype.tensor.Scope;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Moves the bytes of tensors to and from files in bounded pieces, without a copy on the Java heap.
 *
 * <p>Files are read into the tensor's own memory and not mapped: a mapped file that shrinks while it is read kills the
 * process, a read one is an {@link IOException}.
 */
public final class NativeBytes {
    private static final int PIECE = 1 << 26;

    private NativeBytes() {}

    /** What is done with one piece of a tensor's memory. */
    interface Consumer {
        void accept(ByteBuffer piece) throws IOException;
    }

    /** An uninitialised tensor on the CPU. */
    static Tensor empty(ElementType type, long... shape) {
        return torch.empty(shape, new TensorOptions(type.scalar()), null);
    }

    /** Visits the values of {@code x} in row-major order. */
    static void forEach(Tensor x, Consumer consumer) throws IOException {
        tidy(() -> {
            pieces(x.detach().cpu().contiguous(), consumer);
            return new Tensor[0];
        });
    }

    /** Fills a contiguous tensor with the bytes of {@code file} from {@code position} on. */
    static void fill(Tensor contiguous, FileChannel file, long position) throws IOException {
        long[] at = {position};
        pieces(contiguous, piece -> {
            while (piece.hasRemaining()) {
                int count = file.read(piece, at[0]);
                if (count < 0) throw new EOFException("the file ends at byte " + at[0]);
                at[0] += count;
            }
        });
    }

    /** {@code count} bytes of a file on the Java heap, little-endian. */
    static ByteBuffer read(FileChannel file, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining())
            if (file.read(buffer, position + buffer.position()) < 0)
                throw new EOFException("the file is cut off at byte " + (position + buffer.position()));
        return buffer.flip();
    }

    /** {@link Scope#tidyAll} for bodies that read files; on failure nothing is left behind. */
    public static Tensor[] tidy(Reader body) throws IOException {
        try {
            return Scope.tidyAll(() -> {
                try {
                    return body.read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Reads tensors. */
    public interface Reader {
        Tensor[] read() throws IOException;
    }

    private static void pieces(Tensor contiguous, Consumer consumer) throws IOException {
        long size = contiguous.nbytes();
        if (size == 0) return;
        BytePointer data = new BytePointer(contiguous.data_ptr());
        for (long done = 0; done < size; done += PIECE) {
            long length = Math.min(PIECE, size - done);
            BytePointer piece = data.getPointer(done);
            consumer.accept(piece.capacity(length).limit(length).asByteBuffer());
        }
    }
}
