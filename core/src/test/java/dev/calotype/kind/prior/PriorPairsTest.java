package dev.calotype.kind.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.column.Columns;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.rooms.Guests;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.embedding.EmbeddingCache;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.EncoderOfTwo;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorPairsTest {
    /** Its vectors are the hash of a picture's pixels. */
    private static final Encoder HASHES = new EncoderOfTwo() {
        @Override
        public Tensor pictures(List<Picture> pictures) {
            float[] values = new float[2 * pictures.size()];
            for (int i = 0; i < pictures.size(); i++)
                values[2 * i] = Arrays.hashCode(pictures.get(i).pixels());
            return Tensors.of(values, pictures.size(), 2);
        }

        @Override
        public Tensor texts(List<String> texts) {
            return Tensors.of(new float[2 * texts.size()], texts.size(), 2);
        }

        @Override
        public String hash() {
            return "a";
        }
    };

    @TempDir
    private Path folder;

    private static Set<Float> pictures(EmbeddedPairs pairs) {
        Set<Float> known = new HashSet<>();
        for (int row = 0; row < pairs.count(); row++) known.add(pairs.pictures()[2 * row]);
        return known;
    }

    @Test
    void whatIsRehearsedKeepsItsShareAndNoPictureOfTheTestIsLearnedFrom() throws IOException {
        var experiment =
                (PriorExperiment) Recipe.parse("kind: prior\n", List.of("pairs=60", "test.pairs=8", "data.size=32"));
        ImageDataset blend =
                CaptionedPictures.of(new BlendedDataset(Guests.train(32, 6), Rooms.test(32), 0.5, List.of()));
        try (PriorData data = PriorPairs.of(experiment, blend, HASHES, new EmbeddingCache(folder))) {
            EmbeddedPairs learned = data.learned(), tested = data.tested();
            assertThat(data.size()).isEqualTo(learned.count());
            int rehearsed = 0;
            for (int row = 0; row < learned.count(); row++)
                rehearsed += data.read(row).columns().numbers(Columns.REHEARSED)[0];
            assertThat((double) rehearsed).isCloseTo(0.5 * learned.count(), within(1.0));
            assertThat(tested.count())
                    .as("half of the guests, and as much of the rooms as is asked")
                    .isEqualTo(3 + 4);
            assertThat(pictures(learned)).hasSize(3 + 30).doesNotContainAnyElementsOf(pictures(tested));
        }
    }
}
