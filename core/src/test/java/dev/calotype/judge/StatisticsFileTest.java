package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.numpy.ArrayContent;
import dev.calotype.data.numpy.ArrayContent.ElementType;
import dev.calotype.data.numpy.NumpyFile;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.judge.PictureSource.Summarised;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stub has three features, the mean of each colour. */
class StatisticsFileTest {
    private static final Preparation PLAIN = new Preparation(16, 3, Preparation.Flip.NONE);
    private static final EvaluationProtocol FEW = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);
    private static final Judge JUDGE = new Judge(new StubNetwork(), FEW, Progress.SILENT);

    @TempDir
    private Path folder;

    private Path saved;

    @BeforeEach
    void save() throws IOException {
        saved = folder.resolve("a.npz");
        try (ImageDataset data = pictures("a", 12, 1)) {
            JUDGE.saveStatistics(new Stored(data), PLAIN, 100, saved);
        }
    }

    @Test
    void statisticsOfASideGiveTheFidOfItsPictures() throws IOException {
        try (ImageDataset a = pictures("a", 12, 1);
                ImageDataset b = pictures("b", 9, 2)) {
            Judge.Plan plan = plan(Measure.FID);
            double fid = JUDGE.compare(new Stored(b), new Stored(a), plan).score("fid");
            Summarised known = new Summarised(StatisticsFile.read(saved), null);
            Judgement real = JUDGE.compare(new Stored(b), known, plan);
            assertThat(real.score("fid")).isCloseTo(fid, within(1e-6 * fid));
            assertThat(real.realImages()).isEqualTo(12);
            assertThat(real.caveats()).anyMatch(caveat -> caveat.contains("are statistics, of 12 pictures"));
            assertThat(JUDGE.compare(known, new Stored(b), plan).score("fid")).isCloseTo(fid, within(1e-6 * fid));
            assertThat(JUDGE.compare(known, known, plan).score("fid")).isCloseTo(0, within(1e-9));
        }
    }

    @Test
    void whatStatisticsCannotTellIsRefused() throws IOException {
        Summarised known = new Summarised(StatisticsFile.read(saved), null);
        try (ImageDataset b = pictures("b", 9, 2)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JUDGE.compare(new Stored(b), known, plan(Measure.KID, Measure.PR)))
                    .withMessageContaining("has statistics alone, which give a FID: kid, pr need its pictures");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JUDGE.compare(new Stored(b), known, plan(Measure.SFID)))
                    .withMessageContaining("sfid needs a network that tells where something is");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JUDGE.compare(known, new Stored(b), plan(Measure.FID_INTERVAL)))
                    .withMessageContaining("fid-interval need its pictures");
        }
    }

    @Test
    void picturesBesideStatisticsServeWhatNeedsThem() throws IOException {
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        byte[] bytes = new byte[12 * 16 * 16 * 3];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Rng.of(i / 768).nextInt(256);
        arrays.put("arr_0", new ArrayContent(ElementType.UINT8, new long[] {12, 16, 16, 3}, out -> out.write(bytes)));
        arrays.put("mu", ArrayContent.of(new double[] {10, 20, 30}, 3));
        arrays.put("sigma", ArrayContent.of(new double[] {4, 0, 0, 0, 9, 1, 0, 1, 16}, 3, 3));
        Path batch = folder.resolve("batch.npz");
        NumpyFile.write(batch, arrays);
        StatisticsFile file = StatisticsFile.read(batch);
        assertThat(file.holdsPictures()).isTrue();
        assertThat(file.count()).isEqualTo(12);
        try (ImageDataset b = pictures("b", 9, 2);
                ImageDataset own = DataSets.open(batch.toString(), 16, 3)) {
            assertThat(own.passedOver())
                    .extracting(line -> line.reason())
                    .containsOnly("statistics of features, which evaluate takes");
            Summarised known = new Summarised(file, new Stored(own));
            Judgement judgement = JUDGE.compare(new Stored(b), known, plan(Measure.FID, Measure.KID));
            assertThat(judgement.score("kid"))
                    .isEqualTo(JUDGE.compare(new Stored(b), new Stored(own), plan(Measure.KID))
                            .score("kid"));
            double alone = JUDGE.compare(new Stored(b), new Summarised(file, null), plan(Measure.FID))
                    .score("fid");
            assertThat(judgement.score("fid")).isEqualTo(alone);
        }
    }

    @Test
    void statisticsOfAnotherNetworkAreRefused() throws IOException {
        Path other = folder.resolve("other.npz");
        write(other, new double[] {1, 2}, new double[] {1, 0, 0, 1}, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatisticsFile.read(other).fit(new StubNetwork()))
                .withMessageContaining("has statistics of 2 features, mean-colour has 3");
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        arrays.put("mu", ArrayContent.of(new double[3], 3));
        arrays.put("sigma", ArrayContent.of(new double[9], 3, 3));
        byte[] note = "{\"network\": \"rooms-judge 12\", \"images\": 7}".getBytes(StandardCharsets.UTF_8);
        arrays.put("calotype", new ArrayContent(ElementType.UINT8, new long[] {note.length}, out -> out.write(note)));
        NumpyFile.write(other, arrays);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatisticsFile.read(other).fit(new StubNetwork()))
                .withMessageContaining(
                        "has statistics of rooms-judge 12, which do not compare with those of mean-colour 0");
    }

    @Test
    void arraysThatAreNoStatisticsEndInASentence() throws IOException {
        Path file = folder.resolve("bad.npz");
        write(file, new double[3], new double[6], 2);
        assertThatIOException()
                .isThrownBy(() -> StatisticsFile.read(file))
                .withMessageContaining("must have the shapes (D,) and (D, D), D in 1..8192: (3,) and (3, 2)");
        write(file, new double[] {1, Double.NaN, 0}, new double[9], 3);
        assertThatIOException().isThrownBy(() -> StatisticsFile.read(file)).withMessageContaining("must be finite");
        write(file, new double[3], new double[] {1, 5, 0, 0, 1, 0, 0, 0, 1}, 3);
        assertThatIOException()
                .isThrownBy(() -> StatisticsFile.read(file))
                .withMessageContaining("those of a covariance");
        assertThat(StatisticsFile.recognises(file.toString())).isTrue();
        assertThat(StatisticsFile.recognises(folder.toString())).isFalse();
    }

    @Test
    void whatAFileHoldsIsToldByItsArrays() throws IOException {
        assertThat(StatisticsFile.isAlone(saved.toString())).isTrue();
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        arrays.put("mu", ArrayContent.of(new double[3], 3));
        Path file = folder.resolve("half.npz");
        NumpyFile.write(file, arrays);
        assertThat(StatisticsFile.recognises(file.toString())).isFalse();
        assertThatIOException()
                .isThrownBy(() -> StatisticsFile.read(file))
                .withMessage(file + " has no array sigma, which statistics need");
        arrays.put("sigma", ArrayContent.of(new double[9], 3, 3));
        byte[] grey = new byte[2 * 4 * 4 * 3];
        arrays.put("arr_0", new ArrayContent(ElementType.UINT8, new long[] {2, 4, 4, 3}, out -> out.write(grey)));
        NumpyFile.write(file, arrays);
        assertThat(StatisticsFile.recognises(file.toString())).isTrue();
        assertThat(StatisticsFile.isAlone(file.toString())).isFalse();
        assertThat(StatisticsFile.isAlone(folder.resolve("none.npz").toString()))
                .isFalse();
    }

    /** An asymmetry, or a variance below 0, of a thousandth of the largest value is rounding. */
    @Test
    void aCovarianceMayBeRoundedAndOfOneFeature() throws IOException {
        Path file = folder.resolve("rounded.npz");
        write(file, new double[] {5}, new double[] {2}, 1);
        assertThat(StatisticsFile.read(file).features().mean()).containsExactly(5);
        write(file, new double[2], new double[] {-0.001, 0.001, 0, 1}, 2);
        assertThat(StatisticsFile.read(file).features().dimensions()).isEqualTo(2);
        for (double[] wrong : new double[][] {{-0.0011, 0, 0, 1}, {1, 0.0011, 0, 1}, {1, 0, 0, -0.0011}}) {
            write(file, new double[2], wrong, 2);
            assertThatIOException()
                    .isThrownBy(() -> StatisticsFile.read(file))
                    .withMessage(file + ": the values of mu and sigma must be those of a covariance");
        }
        write(file, new double[2], new double[] {1, 0, 0, Double.POSITIVE_INFINITY}, 2);
        assertThatIOException()
                .isThrownBy(() -> StatisticsFile.read(file))
                .withMessage(file + ": the values of mu and sigma must be finite");
        write(file, new double[0], new double[0], 1);
        assertThatIOException().isThrownBy(() -> StatisticsFile.read(file)).withMessageContaining("D in 1..8192");
    }

    @Test
    void whereStatisticsComeFromIsSaid() throws IOException {
        assertThat(StatisticsFile.read(saved).fit(new StubNetwork()))
                .isEqualTo(saved + " are statistics, of 12 pictures.");
        Path plain = folder.resolve("plain.npz"), guided = folder.resolve("guided.npz");
        write(plain, new double[3], new double[9], 3);
        assertThat(StatisticsFile.read(plain).fit(new StubNetwork()))
                .isEqualTo(plain + " are statistics, how many pictures they are of is not written in it, in the form of"
                        + " pytorch-fid, which does not say the network and its input: that they are those of mean-colour is"
                        + " taken on trust.");
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        for (String suffix : List.of("", "_s")) {
            arrays.put("mu" + suffix, ArrayContent.of(new double[3], 3));
            arrays.put("sigma" + suffix, ArrayContent.of(new double[9], 3, 3));
        }
        NumpyFile.write(guided, arrays);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatisticsFile.read(guided).fit(new StubNetwork()))
                .withMessage(guided + " has statistics of guided-diffusion's evaluator (mu_s is there): name `network`"
                        + " guided-diffusion instead of mean-colour");
    }

    private static void write(Path file, double[] mean, double[] covariance, int columns) throws IOException {
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        arrays.put("mu", ArrayContent.of(mean, mean.length));
        arrays.put("sigma", ArrayContent.of(covariance, covariance.length / columns, columns));
        NumpyFile.write(file, arrays);
    }

    private static Judge.Plan plan(Measure... measures) {
        return new Judge.Plan(PLAIN, 100, 100, Set.of(measures), null, Judge.PairSize.PREPARED);
    }

    private ImageDataset pictures(String name, int count, int seed) throws IOException {
        Path place = folder.resolve(name);
        Files.createDirectories(place);
        for (int i = 0; i < count; i++) {
            Rng rng = Rng.of(seed).fork(i);
            byte[] pixels = new byte[16 * 16 * 3];
            int[] base = {rng.nextInt(200), rng.nextInt(200), rng.nextInt(200)};
            for (int p = 0; p < pixels.length; p++) pixels[p] = (byte) (base[p % 3] + p % 7);
            PngFile.write(place.resolve(i + ".png"), new Picture(16, 16, 3, pixels));
        }
        return DataSets.open(place.toString(), 16, 3);
    }
}
