package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.Judge.Plan;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {
    private static final Preparation PLAIN = new Preparation(16, 3, Preparation.Flip.NONE);
    private static final EvaluationProtocol FEW = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);

    @TempDir
    private Path folder;

    @Test
    void everyMeasureOfTwoFolders() throws IOException {
        Path real = pictures("real", 12, 1);
        Path fake = pictures("fake", 12, 2);
        Files.copy(real.resolve("03.png"), fake.resolve("03.png"), StandardCopyOption.REPLACE_EXISTING);
        Set<Measure> all = Measure.parse(
                "fid,fid-infinity,kid,mmd,pr,is,modes,psnr,ssim,ssim-uniform,ms-ssim,diversity,memorization");
        Judgement j = judge(new StubNetwork(), fake, real, all);
        assertThat(j.images()).isEqualTo(12);
        assertThat(j.score("fid")).isPositive();
        assertThat(j.score("fidInfinity.standardError")).isNotNegative();
        assertThat(j.score("kidLow")).isLessThan(j.score("kidHigh"));
        assertThat(j.score("mmd.bandwidth")).isPositive();
        assertThat(j.score("precision")).isBetween(0.0, 1.0);
        assertThat(j.score("inceptionScore.mean")).isBetween(1.0, 3.0);
        assertThat(j.score("inceptionScore.splits")).isEqualTo(10);
        assertThat(j.score("entropy")).isBetween(0.0, Math.log(3));
        assertThat(j.scores().text("pairs.count")).isEqualTo("12");
        assertThat(j.score("pairs.ssim")).isBetween(1 / 12.0 - 0.05, 0.5);
        assertThat(j.score("pairs.psnr")).isNull(); // one pair is equal: infinite
        assertThat(j.scores().text("pairs.msSsimScales")).isEqualTo("1");
        assertThat(j.score("diversity.featureDistance")).isPositive();
        assertThat(j.score("memorization.nearest.0.ratio")).isZero();
        assertThat(j.scores().text("memorization.nearest.0.picture")).endsWith("03.png");
        assertThat(j.scores().text("memorization.nearest.0.real")).endsWith("03.png");
        assertThat(j.conditions().input()).isEqualTo("as it is");
        assertThat(j.complete()).isTrue();
    }

    @Test
    void onlyWhatIsAskedForIsComputed() throws IOException {
        Judgement j = judge(new StubNetwork(), pictures("a", 5, 1), pictures("b", 7, 2), Set.of(Measure.SSIM));
        assertThat(j.score("fid")).isNull();
        assertThat(j.network()).isNull();
        assertThat(j.complete()).isFalse();
        assertThat(j.scores().text("pairs.count")).isEqualTo("5");
        assertThat(j.score("pairs.psnr")).isNull();
        assertThat(j.caveats()).singleElement().asString().contains("without a counterpart were left out: 2 of 7");
        assertThat(new ObjectMapper()
                        .readTree(new ObjectMapper().writeValueAsString(j))
                        .has("shares"))
                .isFalse();
        assertThat(judge(new StubNetwork(), folder.resolve("a"), folder.resolve("b"), Set.of(Measure.KID))
                        .caveats())
                .noneMatch(caveat -> caveat.contains("FID"));
        assertThat(judge(new StubNetwork(), folder.resolve("a"), folder.resolve("b"), Set.of(Measure.FID))
                        .caveats())
                .anyMatch(caveat -> caveat.contains("FID"));
    }

    @Test
    void namesThatDoNotMatchAreRefusedBeforeAnythingIsLookedAt() throws IOException {
        Path real = pictures("real", 5, 1), fake = pictures("fake", 5, 2);
        Files.move(fake.resolve("03.png"), fake.resolve("other.png"));
        List<String> told = new ArrayList<>();
        Judge judge = new Judge(new StubNetwork(), FEW, (what, done, all) -> told.add(what));
        try (ImageDataset ours = DataSets.open(fake.toString(), 16, 3);
                ImageDataset theirs = DataSets.open(real.toString(), 16, 3)) {
            Plan plan = new Plan(PLAIN, 5, 5, Set.of(Measure.KID, Measure.SSIM), null, Judge.PairSize.OWN);
            assertThatThrownBy(() -> judge.compare(new Stored(ours), new Stored(theirs), plan))
                    .hasMessageContaining("1 of the 5 in " + fake + " have none in " + real);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void refusesWhatCannotBeHad() throws IOException {
        Path real = pictures("real", 4, 1);
        assertThatThrownBy(() -> judge(new StubNetwork(), real, real, Set.of(Measure.LPIPS)))
                .hasMessageContaining("`perceptual`");
        try (ImageDataset data = DataSets.open(real.toString(), 16, 3)) {
            Judge strict = new Judge(new StubNetwork(), EvaluationProtocol.standard(), Progress.SILENT);
            assertThatThrownBy(() -> strict.compare(new Stored(data), new Stored(data), Plan.of(PLAIN, 100)))
                    .hasMessageContaining("4 real and 4 generated pictures are too few: below 64")
                    .hasMessageContaining("`smallSets`");
            Plan score = new Plan(PLAIN, 4, 4, Set.of(Measure.IS), null, Judge.PairSize.OWN);
            assertThatThrownBy(() -> strict.compare(new Stored(data), new Stored(data), score))
                    .hasMessageContaining("too few");
            assertThat(new Judge(new StubNetwork(), FEW, Progress.SILENT)
                            .compare(new Stored(data), new Stored(data), score)
                            .score("inceptionScore.splits"))
                    .isEqualTo(4);
        }
        assertThatThrownBy(() -> EvaluationProtocol.standard().requireRank(new Wide(), 100, 100))
                .hasMessageContaining("below its 2048 features covariances lack rank");
        FEW.requireRank(new Wide(), 100, 100);
        assertThat(EvaluationProtocol.standard().least(new Wide())).isEqualTo(2048);
        assertThat(EvaluationProtocol.standard().least(new StubNetwork())).isEqualTo(64);
        assertThatThrownBy(() -> Measure.parse("fid,incepton-score")).hasMessageContaining("there is no metric");
        assertThatThrownBy(() -> Measure.parse("pr,lpisp")).hasMessageContaining("did you mean 'lpips'?");
    }

    @Test
    void theStatisticsOfAReferenceAreKeptBesideItAndNeverStale() throws IOException {
        Path real = pictures("real", 10, 1);
        Path fake = pictures("fake", 10, 2);
        Counting network = new Counting();
        Judgement first = judge(network, fake, real, Measure.usual());
        assertThat(network.seen.getAndSet(0)).isEqualTo(20);
        Path kept;
        try (var files = Files.list(folder.resolve(".calotype"))) {
            kept = files.findFirst().orElseThrow();
        }
        Judgement again = judge(network, fake, real, Measure.usual());
        assertThat(network.seen.getAndSet(0)).isEqualTo(10);
        assertThat(again.score("fid")).isEqualTo(first.score("fid"));
        assertThat(again.score("kid")).isEqualTo(first.score("kid"));
        assertThat(again.score("recall")).isEqualTo(first.score("recall"));

        byte[] bytes = Files.readAllBytes(kept);
        bytes[bytes.length - 9] ^= 1;
        Files.write(kept, bytes);
        assertThat(judge(network, fake, real, Measure.usual()).score("fid")).isEqualTo(first.score("fid"));
        assertThat(network.seen.getAndSet(0)).as("damaged").isEqualTo(20);

        Files.copy(fake.resolve("00.png"), real.resolve("00.png"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(judge(network, fake, real, Measure.usual()).score("fid")).isNotEqualTo(first.score("fid"));
        assertThat(network.seen.get()).as("changed").isEqualTo(20);
    }

    @Test
    void theUsersCacheServesWhereTheDataSetsFolderDoesNotTakeFiles() throws IOException {
        Path data = pictures("real", 4, 1);
        Files.write(folder.resolve(".calotype"), new byte[] {1}); // a file where the folder should be
        ReferenceCache cache = new ReferenceCache(folder.resolve("user"));
        try (ImageDataset real = DataSets.open(data.toString(), 16, 3)) {
            ReferenceCache.Entry entry = cache.entry(real, Judge.Plan.of(PLAIN, 4), 4, new StubNetwork(), FEW);
            Scope.run(() -> {
                cache.write(entry, Map.of("x", Rng.of(1).normal(3)));
                assertThat(cache.read(entry)).isPresent();
            });
            assertThat(folder.resolve("user/statistics")).isNotEmptyDirectory();
            assertThat(cache.entry(real, Judge.Plan.of(PLAIN, 3), 3, new StubNetwork(), FEW)
                            .key())
                    .isNotEqualTo(entry.key());
        }
    }

    @Test
    void aModelDrawsOneSizeOnly() throws IOException {
        DiffusionModel model = Tiny.model(Tiny.experiment());
        try (ImageDataset data = DataSets.open(pictures("real", 4, 1).toString(), 16, 3)) {
            Judge judge = new Judge(new StubNetwork(), FEW, Belonging.Foreign.ALLOW, Progress.SILENT);
            Request request = new Request(new SamplingSettings(SamplingSettings.Method.DDIM, 2, 0, 1), 7, Request.ANY);
            assertThatThrownBy(() -> judge.compare(
                            new PictureSource.Drawn(model.drawing(request)), new Stored(data), Plan.of(PLAIN, 4)))
                    .hasMessageContaining("draws 8 x 8 pixels of 3 channels, the other side has 16 x 16");
        }
    }

    @Test
    void aFolderAndItselfAreEqual() throws IOException {
        Path real = pictures("real", 8, 1);
        Judgement j = judge(new StubNetwork(), real, real, Measure.parse("fid,ssim,memorization"));
        assertThat(j.score("fid")).isCloseTo(0, within(1e-9));
        assertThat(j.score("pairs.ssim")).isCloseTo(1, within(1e-12));
        assertThat(j.score("memorization.copies")).isEqualTo(1);
        assertThat(j.score("memorization.authenticity")).isZero();
    }

    /** 100 pictures, of which features of 64 are held, and twelve of them. */
    @Test
    void copiesAreNamedAlsoWhereNotAllFeaturesAreHeld() throws IOException {
        Path many = pictures("many", 100, 1), few = Files.createDirectories(folder.resolve("few"));
        for (int i = 0; i < 12; i++) {
            String name = String.format(Locale.ROOT, "%02d.png", i);
            Files.copy(many.resolve(name), few.resolve(name));
        }
        List<List<Path>> all =
                List.of(List.of(few, many), List.of(few, many), List.of(many, few)); // the second is kept
        for (List<Path> sides : all) {
            Judgement j = judge(new StubNetwork(), sides.get(0), sides.get(1), Set.of(Measure.MEMORIZATION));
            int copies = 0;
            for (int i = 0; i < 10; i++) {
                String nearest = "memorization.nearest." + i;
                if (j.score(nearest + ".ratio") > 0) continue;
                copies++;
                assertThat(Path.of(j.scores().text(nearest + ".real")).getFileName())
                        .isEqualTo(
                                Path.of(j.scores().text(nearest + ".picture")).getFileName());
            }
            assertThat(copies).isGreaterThan(3);
        }
    }

    @Test
    void anIntervalSaysOfWhichPicturesItIsAndWantsEnoughBeforeAnyIsSeen() throws IOException {
        Path many = pictures("many", 100, 1), few = pictures("few", 39, 1);
        assertThat(judge(new StubNetwork(), many, few, Measure.parse("fid-interval"))
                        .caveats())
                .anyMatch(caveat -> caveat.startsWith(
                        "The interval of the FID is that of 64 generated pictures drawn at" + " random from 100"));
        Counting network = new Counting();
        assertThatThrownBy(() -> judge(network, few, many, Measure.parse("fid-interval")))
                .hasMessage("an interval of the FID wants at least 40 pictures: 39");
        assertThat(network.seen.get()).isZero();
    }

    private static Judgement judge(FeatureNetwork network, Path fake, Path real, Set<Measure> measures)
            throws IOException {
        try (ImageDataset generated = DataSets.open(fake.toString(), 16, 3);
                ImageDataset data = DataSets.open(real.toString(), 16, 3)) {
            return new Judge(network, FEW, Progress.SILENT)
                    .compare(
                            new Stored(generated),
                            new Stored(data),
                            new Plan(PLAIN, 100, 100, measures, null, Judge.PairSize.OWN));
        }
    }

    private Path pictures(String name, int count, long seed) throws IOException {
        Path to = Files.createDirectories(folder.resolve(name));
        Rng rng = Rng.of(seed);
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[16 * 16 * 3];
            int[] tint = {rng.nextInt(120), rng.nextInt(120), rng.nextInt(120)};
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) (tint[k % 3] + rng.nextInt(100));
            PngFile.write(
                    to.resolve(String.format(Locale.ROOT, "%02d.png", i)), new Picture(16, 16, 3, pixels), Map.of());
        }
        return to;
    }

    /** Counts the pictures that it looks at for features. */
    private static final class Counting implements FeatureNetwork {
        private final StubNetwork eyes = new StubNetwork();
        final AtomicInteger seen = new AtomicInteger();

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public String hash() {
            return "1";
        }

        @Override
        public int dimensions() {
            return eyes.dimensions();
        }

        @Override
        public String input() {
            return eyes.input();
        }

        @Override
        public Tensor features(Tensor pixels) {
            seen.addAndGet((int) pixels.size(0));
            return eyes.features(pixels);
        }

        @Override
        public void close() {}
    }

    /** Has as many features as Inception. */
    private static final class Wide implements FeatureNetwork {
        @Override
        public String name() {
            return "wide";
        }

        @Override
        public String hash() {
            return "2";
        }

        @Override
        public int dimensions() {
            return 2048;
        }

        @Override
        public String input() {
            return "";
        }

        @Override
        public Tensor features(Tensor pixels) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
