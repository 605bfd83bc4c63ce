package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class RetrievalTest {
    @Test
    void pairsThatAreNearestToEachOtherAreAllFound() {
        try (PointerScope scope = new PointerScope()) {
            Tensor own = rows(4, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
            Retrieval retrieval = Retrieval.of(own, own);
            assertThat(retrieval.texts()).isEqualTo(new Retrieval.Recall(1, 1, 1));
            assertThat(retrieval.pictures()).isEqualTo(new Retrieval.Recall(1, 1, 1));
            assertThat(retrieval.pairs()).isEqualTo(4);
        }
    }

    @Test
    void bothWaysAreCountedByThemselves() {
        try (PointerScope scope = new PointerScope()) {
            // likeness of pictures (rows) and texts: text 0 is nearest to every picture
            Tensor pictures = rows(2, 1, 0, 0, 1, 0.6, 0.8);
            Tensor texts = rows(2, 0.9, 0.9, 0, 0.8, 0.6, 0.8);
            Retrieval retrieval = Retrieval.of(pictures, texts);
            assertThat(retrieval.texts().at1()).isEqualTo(1.0 / 3);
            assertThat(retrieval.pictures().at1()).isEqualTo(2.0 / 3);
            assertThat(retrieval.texts().at5()).isEqualTo(1);
        }
    }

    @Test
    void vectorsThatAreAllTheSameFindNothing() {
        try (PointerScope scope = new PointerScope()) {
            Tensor same = Tensors.fill(12 * 3, 1).reshape(12, 3);
            assertThat(Retrieval.of(same, same).texts()).isEqualTo(new Retrieval.Recall(0, 0, 0));
        }
    }

    @Test
    void manyAreRankedInPartsAsInOne() {
        try (PointerScope scope = new PointerScope()) {
            int count = 2100; // of which not all fit a part
            Tensor pictures = Rng.of(3).normal(count, 4), texts = Rng.of(4).normal(count, 4);
            Tensor likeness = pictures.matmul(texts.t());
            long found = 0;
            float[] values = Tensors.floats(likeness);
            for (int i = 0; i < count; i++) {
                int nearer = 0;
                for (int j = 0; j < count; j++) if (values[i * count + j] > values[i * count + i]) nearer++;
                if (nearer < 10) found++;
            }
            assertThat(Retrieval.of(pictures, texts).texts().at10()).isEqualTo((double) found / count);
        }
    }

    @Test
    void vectorsThatAreNotFiniteAreRefused() {
        try (PointerScope scope = new PointerScope()) {
            Tensor own = rows(2, 1, 0, 0, Double.NaN);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Retrieval.of(own, rows(2, 1, 0, 0, 1)))
                    .withMessage("vectors must be finite: a value is NaN or infinite");
        }
    }

    @Test
    void picturesWithoutTextsAreRefused() {
        try (PointerScope scope = new PointerScope()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Retrieval.of(rows(2, 1, 0), rows(2, 1, 0, 0, 1)))
                    .withMessage("pictures and texts must be as many: 1 and 2");
        }
    }

    private static Tensor rows(int width, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
        return Tensors.of(floats, values.length / width, width);
    }
}
