package dev.calotype.judge;

import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The first pictures of a stream, as many as fit into {@value #BYTES} bytes of Java memory. */
final class PixelStore {
    private static final int BYTES = 128 << 20;

    private final List<byte[]> pictures = new ArrayList<>();
    private long[] shape = {};

    /** Offers a batch uint8 (N, C, H, W), of the same size as those before. */
    void add(Tensor pixels) {
        shape = Tensors.shape(pixels);
        int length = Math.toIntExact(Tensors.count(shape) / shape[0]);
        int room = Math.max(1, BYTES / length) - pictures.size();
        int count = (int) Math.min(shape[0], room);
        if (count <= 0) return;
        byte[] values = Tensors.bytes(pixels.narrow(0, 0, count));
        for (int i = 0; i < count; i++) pictures.add(Arrays.copyOfRange(values, i * length, (i + 1) * length));
    }

    /** How many pictures are held. */
    int size() {
        return pictures.size();
    }

    /** The pictures {@code from} to {@code to - 1}, uint8 (to - from, C, H, W). */
    Tensor tensor(int from, int to) {
        int length = pictures.get(from).length;
        byte[] values = new byte[Math.multiplyExact(length, to - from)];
        for (int i = from; i < to; i++) System.arraycopy(pictures.get(i), 0, values, (i - from) * length, length);
        return Tensors.of(values, to - from, shape[1], shape[2], shape[3]);
    }
}
