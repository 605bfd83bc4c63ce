package dev.calotype.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;

/** The golden numbers of the metrics and the inputs they were computed from. */
final class MetricFixtures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MetricFixtures() {}

    /** {@code metrics.json}. */
    static JsonNode golden() {
        return read("metrics.json", JSON::readTree);
    }

    /** A matrix of {@code features.safetensors}, F32 or F64, as doubles. */
    static Tensor tensor(String name) {
        return read("features.safetensors", in -> {
            ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int header = Math.toIntExact(file.getLong());
            JsonNode entry = JSON.readTree(file.array(), 8, header).get(name);
            long[] shape = {
                entry.get("shape").get(0).asLong(), entry.get("shape").get(1).asLong()
            };
            file.position(8 + header + entry.get("data_offsets").get(0).asInt());
            boolean single = entry.get("dtype").asText().equals("F32");
            double[] values = new double[Math.toIntExact(Tensors.count(shape))];
            for (int i = 0; i < values.length; i++) values[i] = single ? file.getFloat() : file.getDouble();
            return Tensors.ofDoubles(values, shape);
        });
    }

    /** A picture as uint8 (1, 3, H, W). */
    static Tensor picture(Path path) {
        try {
            BufferedImage image = ImageIO.read(path.toFile());
            int size = image.getWidth() * image.getHeight();
            int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
            byte[] planes = new byte[3 * size];
            for (int i = 0; i < size; i++)
                for (int c = 0; c < 3; c++) planes[c * size + i] = (byte) (rgb[i] >> (16 - 8 * c));
            return Tensors.of(planes, 1, 3, image.getHeight(), image.getWidth());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    private static <T> T read(String resource, Reader<T> reader) {
        try (InputStream in = MetricFixtures.class.getResourceAsStream("/metrics/" + resource)) {
            return reader.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
