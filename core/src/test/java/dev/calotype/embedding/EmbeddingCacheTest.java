package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingCacheTest {
    /** Its vectors are the first pixel of a picture, and the length of a text. */
    private record Simple(String hash, String fingerprint, AtomicInteger encoded) implements EncoderOfTwo {
        Simple(String hash) {
            this(hash, hash, new AtomicInteger());
        }

        @Override
        public Tensor pictures(List<Picture> pictures) {
            encoded.addAndGet(pictures.size());
            float[] values = new float[2 * pictures.size()];
            for (int i = 0; i < pictures.size(); i++)
                values[2 * i] = pictures.get(i).pixels()[0];
            return Tensors.of(values, pictures.size(), 2);
        }

        @Override
        public Tensor texts(List<String> texts) {
            float[] values = new float[2 * texts.size()];
            for (int i = 0; i < texts.size(); i++)
                values[2 * i + 1] = texts.get(i).length();
            return Tensors.of(values, texts.size(), 2);
        }
    }

    /** Rooms of which every third has no caption, and the last cannot be read. */
    private record Some(int count) implements ImageDataset {
        @Override
        public String name() {
            return "some";
        }

        @Override
        public long size() {
            return count;
        }

        @Override
        public Sample read(long index) throws IOException {
            if (index == count - 1) throw new IOException("torn");
            Sample room = Rooms.test(32).read(index);
            return room.with(Columns.CAPTION, new Column.Texts(List.of(caption(index))));
        }

        @Override
        public String caption(long index) {
            return index % 3 == 0 ? "" : "number " + index;
        }
    }

    @TempDir
    private Path folder;

    private EmbeddedPairs pairs(Encoder encoder, ImageDataset data, long most) throws IOException {
        return new EmbeddingCache(folder.resolve("kept")).pairs(encoder, data, most, Progress.SILENT);
    }

    private Path only() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
            return files.toList().get(0);
        }
    }

    @Test
    void whatIsKeptIsNotComputedAgainAndIsTheSame() throws IOException {
        EmbeddedPairs first = pairs(new Simple("a"), Rooms.train(32), 70);
        Simple again = new Simple("a");
        EmbeddedPairs kept = pairs(again, Rooms.train(32), 70);
        assertThat(again.encoded).hasValue(0);
        assertThat(kept.pictures()).isEqualTo(first.pictures());
        assertThat(kept.texts()).isEqualTo(first.texts());
        assertThat(kept.texts()[2 * 69 + 1])
                .isEqualTo(Rooms.train(32).caption(69).length());
    }

    @Test
    void fewerAreReadFromThoseOfMoreAndMoreAreComputed() throws IOException {
        EmbeddedPairs first = pairs(new Simple("a"), Rooms.train(32), 20);
        Simple again = new Simple("a");
        EmbeddedPairs fewer = pairs(again, Rooms.train(32), 5);
        assertThat(again.encoded).hasValue(0);
        assertThat(fewer.pictures()).isEqualTo(Arrays.copyOf(first.pictures(), 10));
        assertThat(pairs(again, Rooms.train(32), 30).count()).isEqualTo(30);
        assertThat(again.encoded).hasValue(30);
    }

    @Test
    void ofAnotherEncoderOrAnotherSizeNothingIsTaken() throws IOException {
        pairs(new Simple("a"), Rooms.train(32), 8);
        Simple other = new Simple("b"), larger = new Simple("a"), tested = new Simple("a");
        assertThat(pairs(other, Rooms.train(32), 8).encoder()).isEqualTo(new Identity("b", "b"));
        pairs(larger, Rooms.train(48), 8);
        pairs(tested, Rooms.test(32), 8);
        Simple prepared = new Simple("a", "a in another way", new AtomicInteger());
        pairs(prepared, Rooms.train(32), 8);
        assertThat(List.of(other.encoded.get(), larger.encoded.get(), tested.encoded.get(), prepared.encoded.get()))
                .containsOnly(8);
    }

    @Test
    void aDamagedFileIsComputedAnew() throws IOException {
        EmbeddedPairs first = pairs(new Simple("a"), Rooms.train(32), 8);
        byte[] bytes = Files.readAllBytes(only());
        bytes[bytes.length - 3] ^= 1;
        Files.write(only(), bytes);
        Simple again = new Simple("a");
        assertThat(pairs(again, Rooms.train(32), 8).texts()).isEqualTo(first.texts());
        assertThat(again.encoded).hasValue(8);
    }

    @Test
    void whatCannotBeReadIsLeftOutAndAMissingCaptionIsZeros() throws IOException {
        for (int time = 0; time < 2; time++) {
            EmbeddedPairs pairs = pairs(new Simple("a"), new Some(70), 100);
            assertThat(pairs.indices()).isEqualTo(LongStream.range(0, 69).toArray());
            assertThat(Arrays.copyOf(pairs.texts(), 14)).containsExactly(0, 0, 0, 8, 0, 8, 0, 0, 0, 8, 0, 8, 0, 0);
        }
    }

    @Test
    void aDataSetHasItsVectorsAsColumnsWithAndWithoutItsPictures() throws IOException {
        EmbeddedPairs pairs = pairs(new Simple("a"), new Some(70), 100).rows(2, 5);
        Sample whole = new EmbeddedDataset(new Some(70), pairs, EmbeddedDataset.Content.SAMPLES).read(1);
        Sample bare = new EmbeddedDataset(new Some(70), pairs, EmbeddedDataset.Content.VECTORS).read(1);
        assertThat(whole.image()).isEqualTo(Rooms.test(32).read(5).image());
        assertThat(whole.caption()).isEqualTo("number 5");
        assertThat(bare.pictures()).isEmpty();
        for (Sample sample : List.of(whole, bare)) {
            float[] seen =
                    sample.columns().get(Columns.EMBEDDING, Column.Floats.class).values();
            float[] told = sample.columns()
                    .get(EmbeddedDataset.TEXT, Column.Floats.class)
                    .values();
            assertThat(seen).containsExactly(Rooms.test(32).read(5).image().pixels()[0], 0);
            assertThat(told).containsExactly(0, 8);
        }
    }

    @Test
    void noPairsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pairs(new Simple("a"), Rooms.train(32), 0))
                .withMessageStartingWith("pairs must be in 1..")
                .withMessageEndingWith(": 0");
    }
}
