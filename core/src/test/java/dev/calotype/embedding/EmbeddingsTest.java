package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingsTest {
    private static final Embeddings THREE =
            new Embeddings(List.of("a.png", "b \"q\".png", "ü.png"), new float[] {1, 0, 0, 1, 0.6f, 0.8f}, 2, "hash");

    /** Does nothing but have a hash. */
    private record Nobody(String hash) implements EncoderOfTwo {
        @Override
        public Tensor pictures(List<Picture> pictures) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tensor texts(List<String> texts) {
            return Tensors.of(new float[] {1, 0}, 1, 2).expand(texts.size(), -1);
        }
    }

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadWithItsNames() throws IOException {
        Path file = folder.resolve("e.safetensors");
        THREE.write(file);
        Embeddings read = Embeddings.read(file, new Nobody("hash"));
        assertThat(read.names()).isEqualTo(THREE.names());
        assertThat(read.values()).isEqualTo(THREE.values());
    }

    @Test
    void vectorsOfAnotherEncoderAreRefused() throws IOException {
        Path file = folder.resolve("e.safetensors");
        THREE.write(file);
        assertThatIOException()
                .isThrownBy(() -> Embeddings.read(file, new Nobody("other")))
                .withMessage(file + " was made by another encoder, whose vectors do not compare: embed again");
    }

    @Test
    void otherFilesAreRefusedByName() throws IOException {
        Path file = folder.resolve("other.safetensors");
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(file, Map.of("x", Tensors.of(1.0)), Map.of());
        }
        assertThatIOException()
                .isThrownBy(() -> Embeddings.read(file, new Nobody("hash")))
                .withMessage(file + " holds no embeddings with their names");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> THREE.write(folder.resolve("e.txt")))
                .withMessage("the file must end in .npy or .safetensors: " + folder.resolve("e.txt"));
    }

    @Test
    void anArrayHasTheRowsAlone() throws IOException {
        Path file = folder.resolve("e.npy");
        THREE.write(file);
        byte[] bytes = Files.readAllBytes(file);
        assertThat(new String(bytes, 0, 128, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("'<f4'", "(3, 2)");
        assertThat(bytes).hasSize(128 + 24);
    }

    @Test
    void theNearestComesFirst() {
        assertThat(THREE.nearest(new float[] {0, 1}, 2))
                .extracting(Embeddings.Found::name)
                .containsExactly("b \"q\".png", "ü.png");
    }

    @Test
    void aPictureIsOfTheClassItIsMostLike() {
        try (PointerScope scope = new PointerScope()) {
            ZeroShot classes = new ZeroShot(new Nobody("hash"), List.of(new float[] {1, 0}, new float[] {0, 1}));
            assertThat(classes.best(THREE.vectors())).containsExactly(0, 1, 1);
            double[] shares = Tensors.doubles(classes.probabilities(THREE.vectors()));
            assertThat(shares[4] / shares[5]).isCloseTo(Math.exp(-2), org.assertj.core.data.Offset.offset(1e-4));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ZeroShot(new Nobody("hash"), List.of(new float[] {1, 0})))
                .withMessage("classes must be at least 2: 1");
    }
}
