package dev.calotype.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.HeapFullException;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Trainings, pictures and scores of {@link TwoExecutors}. */
@Tag("slow")
@ExtendWith(TwoExecutors.class)
class ClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String RECIPE =
            """
            name: small
            seed: 3
            data: {source: rooms, size: 32}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
            process: {steps: 20, parameterization: velocity}
            training: {steps: 6, minutes: 0, batch: 8, workers: 1, precision: fp32, ema: [0.9], checkpointSeconds: 0}
            sampling: {steps: 3}
            """;

    @TempDir
    private static Path folder;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start(JavaSparkContext given) {
        spark = given;
    }

    private static String at(String name) {
        return folder.resolve(name).toUri().toString();
    }

    private static ClusterTraining.Outcome trained(String out, String... overrides) throws IOException {
        return ClusterTraining.train(spark, RECIPE, List.of(overrides), 2, out, PATIENCE);
    }

    @Test
    void twoExecutorsLearnWhatTwoWorkersOfOneProcessLearn() throws Exception {
        ClusterTraining.Outcome outcome = trained(at("two"));
        assertThat(outcome.step()).isEqualTo(6);
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.attempts()).isEqualTo(1);
        Training.Outcome alone = Training.start(
                Recipe.parse(RECIPE, List.of("training.workers=2")), folder.resolve("alone"), TrainingObserver.SILENT);
        assertThat(image(folder.resolve("two")))
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(box(image(alone.run().root())));
        assertThat(trained(at("two"))).as("finished before").isEqualTo(outcome);
        assertThatThrownBy(() -> trained(at("two"), "training.steps=7"))
                .hasMessageContaining("was begun with something else: see submitted.yaml there");
    }

    @Test
    void whatCannotBeSharedIsRefusedAtOnceInOneSentence() {
        assertThatThrownBy(() -> trained(at("odd"), "training.batch=7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("training.batch must be a multiple of the 2 processes: 7");
        assertThat(folder.resolve("odd")).as("what was refused is not begun").doesNotExist();
        assertThatThrownBy(() -> ClusterTraining.train(spark, RECIPE, List.of(), 3, at("few"), Duration.ZERO))
                .hasMessageStartingWith("ranks must be at most the 2 tasks that the cluster runs at once");
    }

    @Test
    void anExecutorThatDiesIsMadeUpFor() throws Exception {
        ClusterTraining.Outcome undisturbed = trained(at("quiet"), "training.steps=12");
        Path out = folder.resolve("killed");
        Thread killer = new Thread(() -> kill(out));
        killer.setDaemon(true);
        killer.start();
        ClusterTraining.Outcome outcome = trained(at("killed"), "training.steps=12");
        killer.join();
        assertThat(outcome.attempts()).isGreaterThan(1);
        assertThat(outcome.weights()).isEqualTo(undisturbed.weights());
    }

    /** Kills an executor as soon as a checkpoint is there. */
    private static void kill(Path out) {
        Path checkpoints = out.resolve("checkpoints");
        while (!Files.isDirectory(checkpoints)) LockSupport.parkNanos(10_000_000);
        TwoExecutors.executors().findFirst().orElseThrow().destroyForcibly();
    }

    @Test
    void imagesAndScoresAreThoseOfOneMachine() throws Exception {
        Path run = Training.start(Recipe.parse(RECIPE, List.of()), folder.resolve("drawing"), TrainingObserver.SILENT)
                .run()
                .root();
        Wanted wanted = Wanted.of(600, 7);
        Judgement apart =
                ClusterJudging.fid(spark, run.toString(), wanted, "scattering", "rooms:test", Belonging.Foreign.REFUSE);
        try (DrawsImages model = TrainedFile.open(run, Capability.DRAWS_IMAGES, Placement.best());
                FeatureNetwork network = FeatureNetworks.open("scattering", Device.CPU);
                ImageDataset real = DataSets.open("rooms:test", 32, 3)) {
            Request request = wanted.request(model);
            Judgement alone = new Judge(network, EvaluationProtocol.standard(), Progress.SILENT)
                    .drawing(model.drawing(request), real, 600, Set.of(Measure.FID));
            assertThat(apart.score("fid")).isCloseTo(alone.score("fid"), within(1e-9 * alone.score("fid")));
            List<ClusterDrawing.Drawn> drawn = ClusterDrawing.images(spark, run.toString(), Wanted.of(3, 7))
                    .collect();
            List<Picture> pictures =
                    Scope.read(() -> Images.pictures(model.drawing(request).images(0, 3)));
            for (int i = 0; i < 3; i++)
                assertThat(ImageFiles.decode(drawn.get(i).png(), 3)).isEqualTo(pictures.get(i));
        }
        assertThat(ClusterDrawing.shards(spark, run.toString(), Wanted.of(5, 7), 2, at("shards")))
                .isEqualTo(3);
        Path second = folder.resolve("shards/000001.tar");
        byte[] before = Files.readAllBytes(second);
        Files.delete(second);
        ClusterDrawing.shards(spark, run.toString(), Wanted.of(5, 7), 2, at("shards"));
        assertThat(Files.readAllBytes(second)).isEqualTo(before);
        try (ImageDataset shards = DataSets.open(folder.resolve("shards").toString(), 32, 3)) {
            assertThat(shards.size()).isEqualTo(5);
        }
        assertThatThrownBy(() -> ClusterDrawing.shards(spark, run.toString(), Wanted.of(6, 7), 2, at("shards")))
                .hasMessageContaining("was begun with something else: see drawn.txt there");
    }

    @Test
    void picturesOfATableAreRestored(SparkSession session) {
        byte[] noisy = new byte[3 * 32 * 32];
        Random random = new Random(1);
        for (int i = 0; i < noisy.length; i++)
            noisy[i] = (byte) Math.max(0, Math.min(255, 128 + (int) (20 * random.nextGaussian())));
        byte[] png = PngFile.encode(new Picture(32, 32, 3, noisy), Map.of());
        StructType schema = new StructType().add("name", DataTypes.StringType).add("file", DataTypes.BinaryType);
        Dataset<Row> table = session.createDataFrame(
                List.of(RowFactory.create("a", png), RowFactory.create("b", new byte[] {1, 2, 3})), schema);
        List<Row> rows = Calotype.restore(table, "file", Restoring.noise())
                .orderBy("name")
                .collectAsList();
        assertThat(deviation(rows.get(0).getAs(Calotype.RESTORED))).isLessThan(deviation(png) / 4);
        assertThat(rows.get(0).<String>getAs(Calotype.FAILURE)).isNull();
        assertThat(rows.get(1).<byte[]>getAs(Calotype.RESTORED)).isNull();
        assertThat(rows.get(1).<String>getAs(Calotype.FAILURE))
                .contains("the picture")
                .doesNotContain("/tmp");
        assertThatThrownBy(() -> Calotype.restore(table, "name", Restoring.noise()))
                .hasMessage("column name must be binary: string");
    }

    @Test
    void aPictureThatTheHeapHasNoRoomForFailsAlone() {
        Path file = Path.of("folder", "picture");
        assertThatThrownBy(() -> Calotype.unnamed(file, () -> {
                    throw HeapFullException.of(new OutOfMemoryError()).naming(file.toString());
                }))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the picture: a picture needs more memory");
    }

    private static double deviation(byte[] png) {
        try {
            byte[] pixels = ImageFiles.decode(png, 3).pixels();
            double sum = 0;
            for (byte pixel : pixels) sum += Math.pow((pixel & 255) - 128, 2);
            return Math.sqrt(sum / pixels.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] image(Path run) throws IOException {
        try (DrawsImages model = TrainedFile.open(run, Capability.DRAWS_IMAGES, Placement.best())) {
            return Scope.read(() ->
                    Tensors.floats(model.drawing(Wanted.of(1, 5).request(model)).images(0, 1)));
        }
    }

    private static Float[] box(float[] values) {
        Float[] boxed = new Float[values.length];
        for (int i = 0; i < boxed.length; i++) boxed[i] = values[i];
        return boxed;
    }
}
