package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Samples that are no labelled images go the way of those that are. */
class OpenSamplesTest {
    private static final Preparation GREY = new Preparation(4, 1, Preparation.Flip.RANDOM, Preparation.Crop.RANDOM);

    private record Made(long size, LongFunction<Sample> samples) implements ImageDataset {
        @Override
        public String name() {
            return "made";
        }

        @Override
        public Sample read(long index) {
            return samples.apply(index);
        }
    }

    private static Batch first(LongFunction<Sample> samples) {
        try (Batches batches = new Batches(new Made(12, samples), GREY, Batches.Plan.of(6, 1))) {
            return batches.next();
        }
    }

    @Test
    void latentsAndEmbeddingsNeedNoPicture() {
        Batch batch = first(index -> new Sample(
                "latent " + index,
                List.of(),
                new Columns(Map.of(
                        Columns.LATENT, new Column.Floats(new float[] {index, index, -index, 0}, List.of(1, 2, 2)),
                        Columns.EMBEDDING, new Column.Floats(new float[] {index, 1, 2}, List.of(3)),
                        Columns.SOFT_LABEL, new Column.Floats(new float[] {0.25f, 0.75f}, List.of(2))))));
        Scope.run(() -> {
            assertThat(Tensors.shape(batch.floats(Columns.LATENT, Device.CPU))).containsExactly(6, 1, 2, 2);
            assertThat(Tensors.shape(batch.floats(Columns.SOFT_LABEL, Device.CPU)))
                    .containsExactly(6, 2);
            float[] latents = Tensors.floats(batch.floats(Columns.LATENT, Device.CPU));
            float[] embeddings = Tensors.floats(batch.floats(Columns.EMBEDDING, Device.CPU));
            for (int i = 0; i < 6; i++) assertThat(latents[4 * i]).isEqualTo(embeddings[3 * i]);
        });
        assertThat(batch.labels()).isEmpty();
        assertThatThrownBy(batch::images).hasMessageStartingWith("there is no image; there are [embedding, latent");
    }

    @Test
    void theFramesOfAVideoArePreparedAlike() {
        Batch batch = first(index -> {
            List<Picture> frames = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                byte[] pixels = new byte[9 * 7];
                for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i + 64 * t);
                frames.add(new Picture(9, 7, 1, pixels));
            }
            return new Sample("video " + index, frames, Columns.NONE);
        });
        Column.Bytes videos = batch.columns().get(Columns.VIDEO, Column.Bytes.class);
        assertThat(videos.shape()).containsExactly(3, 1, 4, 4);
        for (int i = 0; i < 6 * 3 * 16; i++)
            if (i / 16 % 3 > 0) assertThat(videos.values()[i]).isEqualTo((byte) (videos.values()[i - 16] + 64));
        Scope.run(() -> assertThat(Tensors.shape(batch.videos(Device.CPU))).containsExactly(6, 3, 1, 4, 4));
    }

    @Test
    void aColumnOfTheReadersOwnReachesTheBatch() {
        Batch batch = first(index -> Sample.of("image " + index, new Picture(4, 4, 1, new byte[16]))
                .with("depth", new Column.Numbers((int) index)));
        assertThat(batch.columns().numbers("depth")).hasSize(6).doesNotHaveDuplicates();
        assertThat(batch.split(3).get(1).columns().numbers("depth"))
                .containsExactly(
                        batch.columns().numbers("depth")[2], batch.columns().numbers("depth")[3]);
    }

    @Test
    void samplesWithDifferentColumnsAreRefused() {
        assertThatThrownBy(() -> first(index -> new Sample(
                        "odd",
                        List.of(),
                        Columns.of(
                                index % 2 == 0 ? Columns.LATENT : Columns.EMBEDDING,
                                new Column.Floats(new float[1], List.of(1))))))
                .isInstanceOf(IllegalStateException.class)
                .cause()
                .hasMessage("samples must have the same columns: [embedding] and [latent]");
    }
}
