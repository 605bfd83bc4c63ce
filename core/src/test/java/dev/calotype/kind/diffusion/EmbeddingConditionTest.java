package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Conditioning;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class EmbeddingConditionTest {
    private static final int LENGTH = 4;

    private static DiffusionExperiment experiment(String... more) {
        return Tiny.experiment(Stream.concat(
                        Stream.of(
                                "condition.by=embedding",
                                "embedding.encoder=somewhere",
                                "embedding.encoderHash=abc",
                                "embedding.length=" + LENGTH,
                                "embedding.tokens=2",
                                "process.parameterization=velocity",
                                "process.variance=fixed-small",
                                "process.loss=simple"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static Request request(double guidance) {
        return new Request(new SamplingSettings(Method.DDIM, 3, 0, guidance), 7, Columns.NONE);
    }

    private static Tensor vectors(int count, long seed) {
        Tensor x = Rng.of(seed).normal(count, LENGTH);
        return x.div(x.norm());
    }

    private static Tensor drawn(DiffusionModel model, double guidance, Tensor vectors, long first) {
        return model.sample(request(guidance), model.ofEmbeddings(vectors), first, (int) vectors.size(0));
    }

    @Test
    void guidanceOfOneIsTheConditionAloneAndOfNoneTheUnconditionalModel() {
        DiffusionModel model = Tiny.model(experiment());
        Scope.run(() -> {
            Tensor told = drawn(model, 1, vectors(2, 1), 0), untold = model.sample(request(1), 0, 2);
            assertThat(Deviation.relative(told, untold)).isGreaterThan(1e-3);
            assertThat(Deviation.largest(drawn(model, 0, vectors(2, 1), 0), untold))
                    .isLessThan(1e-4);
            assertThat(Deviation.largest(drawn(model, 1.0001, vectors(2, 1), 0), told))
                    .isLessThan(1e-3);
            assertThat(Deviation.largest(drawn(model, 3, Tensors.scale(0, vectors(2, 1)), 0), untold))
                    .isLessThan(1e-4);
        });
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        DiffusionModel model = Tiny.model(experiment());
        Scope.run(() -> {
            Tensor all = vectors(3, 1);
            Tensor together = drawn(model, 2, all, 0), alone = drawn(model, 2, all.narrow(0, 2, 1), 2);
            assertThat(Deviation.largest(together.narrow(0, 2, 1), alone)).isLessThan(1e-4);
        });
    }

    private static DiffusionExperiment reading() {
        return experiment("embedding.words.tokens=3", "embedding.words.width=5", "embedding.words.encoderHash=abc");
    }

    private static Column.Floats words(int count, long seed) {
        return new Column.Floats(Tensors.floats(Rng.of(seed).normal(count, 3, 5)), List.of(3, 5));
    }

    private static Tensor read(DiffusionModel model, double guidance, Column.Floats words, Tensor vectors, long first) {
        return model.sample(request(guidance), model.ofWords(words, vectors), first, words.count());
    }

    @Test
    void guidanceExaggeratesWordsAndVectorsTogether() {
        DiffusionModel model = Tiny.model(reading());
        Scope.run(() -> {
            Tensor untold = model.sample(request(1), 0, 2), vectors = vectors(2, 1);
            Tensor both = read(model, 1, words(2, 1), vectors, 0), alone = read(model, 1, words(2, 1), null, 0);
            assertThat(Deviation.relative(alone, untold)).isGreaterThan(1e-3);
            assertThat(Deviation.relative(both, alone)).isGreaterThan(1e-3);
            assertThat(Deviation.relative(both, drawn(model, 1, vectors, 0))).isGreaterThan(1e-3);
            assertThat(Deviation.largest(read(model, 0, words(2, 1), vectors, 0), untold))
                    .isLessThan(1e-4);
        });
    }

    @Test
    void anImageOfWordsDoesNotDependOnItsBatch() {
        DiffusionModel model = Tiny.model(reading());
        Scope.run(() -> {
            Column.Floats words = words(3, 1);
            Tensor vectors = vectors(3, 1), together = read(model, 2, words, vectors, 0);
            Tensor alone = read(model, 2, words.rows(2, 3), vectors.narrow(0, 2, 1), 2);
            assertThat(Deviation.largest(together.narrow(0, 2, 1), alone)).isLessThan(1e-4);
        });
    }

    @Test
    void aTextEncoderOfWhichNoWordsAreReadIsRefused() {
        assertThatThrownBy(() -> experiment("embedding.words.encoder=somewhere"))
                .hasMessageContaining("encoder must be empty where tokens is 0");
    }

    @Test
    void wordsAreWithheldWithVectorsAndEachAlone() {
        int n = 4000;
        float[] ones = new float[n * LENGTH], more = new float[n * 15];
        java.util.Arrays.fill(ones, 1);
        java.util.Arrays.fill(more, 1);
        Batch batch = Batch.ofPixels(new byte[n], new int[n], 1, 1)
                .with(Columns.EMBEDDING, new Column.Floats(ones, List.of(LENGTH)))
                .with(Columns.WORDS, new Column.Floats(more, List.of(3, 5)));
        Columns told = Conditioning.words(0.1, 0.2, 0.3).of(batch, Rng.of(1)).columns();
        double[] counts = new double[4];
        for (int i = 0; i < n; i++) {
            float[] seen = told.get(Columns.EMBEDDING, Column.Floats.class)
                    .rows(i, i + 1)
                    .values();
            float[] read =
                    told.get(Columns.WORDS, Column.Floats.class).rows(i, i + 1).values();
            assertThat(read).containsOnly(read[0]);
            counts[(int) (2 * seen[0] + read[0])]++;
        }
        double[] wanted = {0.1, 0.9 * 0.3, 0.9 * 0.2, 0.9 * 0.5}; // neither, words, vector, both
        for (int i = 0; i < 4; i++) assertThat(counts[i] / n).as("case %d", i).isCloseTo(wanted[i], within(0.02));
        assertThat(batch.columns().get(Columns.WORDS, Column.Floats.class).values())
                .containsOnly(1);
    }

    @Test
    void oneVectorOfARequestIsThatOfAllImages() {
        DiffusionModel model = Tiny.model(experiment());
        Scope.run(() -> {
            Tensor one = vectors(1, 1);
            Columns said = Columns.of(Columns.EMBEDDING, new Column.Floats(Tensors.floats(one), List.of(LENGTH)));
            Tensor asked = model.sample(new Request(request(2).sampling(), 7, said), 0, 2);
            assertThat(Deviation.largest(asked, drawn(model, 2, one.expand(2, LENGTH), 0)))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void whatCanBeDoneFollowsFromTheCondition() {
        assertThat(Kinds.capabilities(experiment()))
                .contains(Capability.DRAWS_FROM_EMBEDDINGS, Capability.DRAWS_IMAGES, Capability.RESTORES_PICTURES);
        assertThat(Kinds.capabilities(Tiny.experiment())).doesNotContain(Capability.DRAWS_FROM_EMBEDDINGS);
        assertThat(Kinds.capabilities(Tiny.experiment("condition.by=smaller", "data.size=16", "enlarging.from=8")))
                .containsExactly(Capability.ENLARGES_PICTURES);
    }

    @Test
    void anEncoderMustBeNamedAndPicturesStayAsTheyAre() {
        assertThatThrownBy(experiment("embedding.encoder=''")::requireTrainable)
                .hasMessageContaining("embedding.encoder must name a run of the kind clip");
        experiment().requireTrainable();
        assertThatThrownBy(experiment("data.flip=random")::requireTrainable)
                .hasMessageContaining("since the vectors are those of the pictures: rooms:train");
        assertThatThrownBy(() -> Tiny.experiment("condition.by=smaller", "data.size=8", "enlarging.from=8"))
                .hasMessageContaining("data.size must be a multiple of enlarging.from, 8: 8");
    }

    /** Two pictures, each with a vector: the model gives each vector its own picture. */
    @Test
    void itLearnsWhichPictureBelongsToWhichVector() {
        DiffusionExperiment experiment = experiment("process.steps=100", "condition.dropout=0.1");
        float[] vectors = {1, 0, 0, 0, 0, 0, 0, 1};
        byte[] pixels = new byte[2 * 3 * 64];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i / 192 == 0 ? 30 + i % 64 : 230 - i % 64);
        Batch two = Batch.ofPixels(pixels, new int[2], 3, 8)
                .with(Columns.EMBEDDING, new Column.Floats(vectors, List.of(LENGTH)));
        Lesson.taught(experiment, two, 70, model -> {
            Tensor wanted = two.images(), own = drawn(model, 1, Tensors.of(vectors, 2, LENGTH), 0);
            for (int i = 0; i < 2; i++)
                assertThat(Lesson.rms(own.narrow(0, i, 1), wanted.narrow(0, i, 1)))
                        .isLessThan(Lesson.rms(own.narrow(0, i, 1), wanted.narrow(0, 1 - i, 1)) / 4);
        });
    }
}
