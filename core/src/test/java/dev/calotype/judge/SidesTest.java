package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Drawn;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.model.Classifier;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at on either side of a judgement, and what is refused or said of it. */
class SidesTest {
    private static final Preparation PLAIN = new Preparation(32, 3, Preparation.Flip.NONE);
    private static final EvaluationProtocol FEW = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);

    @TempDir
    private Path folder;

    private static DataSettings rooms(String source) {
        return Recipe.parse("kind: gan\ndata: {source: \"" + source + "\", size: 32}", List.of())
                .data();
    }

    /** Draws plain pictures: the i-th has the grey level i. */
    private static Drawing greys(String source) {
        return Drawing.of("greys", 9, rooms(source), (first, count) -> {
            byte[] pixels = new byte[count * 3 * 32 * 32];
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (first + i / (3 * 32 * 32));
            return Images.ofPixels(Tensors.of(pixels, count, 3, 32, 32));
        });
    }

    private Judgement judged(PictureSource fake, PictureSource real, long images, Measure... measures) {
        return new Judge(new StubNetwork(), FEW, Belonging.Foreign.ALLOW, Progress.SILENT)
                .compare(fake, real, new Judge.Plan(PLAIN, images, images, Set.of(measures), null, Judge.PairSize.OWN));
    }

    @Test
    void whatAModelDrawsIsLookedAtOnceInTheOrderOfItsNumbers() {
        List<String> told = new ArrayList<>();
        List<Double> seen = new ArrayList<>();
        new Drawn(greys("rooms:train"))
                .batches(PLAIN, 120, 50, (what, done, all) -> told.add(what + " " + done + "/" + all))
                .forEach(batch -> {
                    for (double mean :
                            Tensors.doubles(new StubNetwork().features(batch).select(1, 0))) seen.add(mean);
                });
        assertThat(told).containsExactly("sampling 50/120", "sampling 100/120", "sampling 120/120");
        assertThat(seen).hasSize(120);
        for (int i = 0; i < 120; i++) assertThat(seen.get(i)).isCloseTo(i, within(1e-3));
    }

    @Test
    void picturesOfADataSetAreReadOnceAndNoMoreThanThereAre() throws IOException {
        pictures("few", 7);
        List<String> told = new ArrayList<>();
        int[] seen = {0};
        try (ImageDataset few = DataSets.open(folder.resolve("few").toString(), 32, 3)) {
            new Stored(few)
                    .batches(PLAIN, 100, 5, (what, done, all) -> told.add(what + " " + done + "/" + all))
                    .forEach(batch -> seen[0] += (int) batch.size(0));
            assertThat(new Stored(few).available()).isEqualTo(7);
            assertThat(new Stored(few).picture(3)).endsWith(".png");
            Set<String> names = new java.util.HashSet<>();
            for (int i = 0; i < 7; i++) names.add(new Stored(few).picture(i));
            assertThat(names).hasSize(7);
        }
        assertThat(seen[0]).isEqualTo(7);
        assertThat(told).containsExactly("reading 5/7", "reading 7/7");
        Drawn drawn = new Drawn(greys("rooms:train"));
        assertThat(drawn.available()).isEqualTo(Long.MAX_VALUE);
        assertThat(drawn.picture(4)).isEqualTo("image 4 of seed 9");
        assertThat(drawn.name()).isEqualTo("greys");
    }

    private void pictures(String name, int count) throws IOException {
        Path to = Files.createDirectories(folder.resolve(name));
        Rng rng = Rng.of(count);
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[32 * 32 * 3];
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) rng.nextInt(256);
            PngFile.write(to.resolve(i + ".png"), new Picture(32, 32, 3, pixels));
        }
    }

    @Test
    void picturesAreHeldAsTheyWereOffered() {
        Scope.run(() -> {
            PixelStore store = new PixelStore();
            store.add(levels(1, 2, 3));
            store.add(levels(4, 5));
            assertThat(store.size()).isEqualTo(5);
            Tensor held = store.tensor(1, 4);
            assertThat(Tensors.shape(held)).containsExactly(3, 3, 2, 2);
            double[] values = Tensors.doubles(held);
            for (int i = 0; i < values.length; i++) assertThat(values[i]).isEqualTo(2 + i / 12);
        });
    }

    private static Tensor levels(int... levels) {
        byte[] pixels = new byte[levels.length * 12];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) levels[i / 12];
        return Tensors.of(pixels, levels.length, 3, 2, 2);
    }

    @Test
    void classesThatAreShownAreCounted() throws IOException {
        pictures("real", 8);
        Drawing red = Drawing.of("reds", 1, rooms("rooms:train"), (first, count) -> {
            byte[] pixels = new byte[count * 3 * 1024];
            for (int i = 0; i < pixels.length; i++)
                pixels[i] = (byte) (i / 1024 % 3 == ((first + i / 3072) % 4 == 0 ? 1 : 0) ? 200 : 10);
            return Images.ofPixels(Tensors.of(pixels, count, 3, 32, 32));
        });
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3)) {
            Judgement j = judged(new Drawn(red), new Stored(real), 8, Measure.MODES, Measure.IS, Measure.DIVERSITY);
            assertThat(j.shares().get("class"))
                    .containsEntry("r", 0.75)
                    .containsEntry("g", 0.25)
                    .containsEntry("b", 0.0);
            assertThat(j.score("coverage")).isCloseTo(2 / 3.0, within(1e-9));
            assertThat(j.score("evenCoverage")).as("a sixth is half of a third").isCloseTo(2 / 3.0, within(1e-9));
            assertThat(j.score("entropy")).isCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), within(1e-9));
            assertThat(j.score("inceptionScore.splits")).isEqualTo(8);
            assertThat(j.score("diversity.featureDistance")).isPositive();
            assertThat(j.images()).isEqualTo(8);
            assertThat(j.realImages()).isEqualTo(8);
            assertThat(j.network()).isEqualTo("mean-colour");
            assertThat(j.size()).isEqualTo(32);
            assertThat(j.conditions()).isEqualTo(new Judgement.Conditions("as it is", 0, 3, 64));
            assertThat(j.seconds()).isPositive().isLessThan(1e6);
        }
    }

    @Test
    void theNumberToldIsThatOfPicturesThatCouldBeRead() throws IOException {
        pictures("real", 9);
        pictures("fake", 10);
        for (String broken : List.of("real/3.png", "fake/7.png"))
            Files.write(folder.resolve(broken), Arrays.copyOf(Files.readAllBytes(folder.resolve(broken)), 100));
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3);
                ImageDataset fake = DataSets.open(folder.resolve("fake").toString(), 32, 3)) {
            Judgement j = judged(new Stored(fake), new Stored(real), 20, Measure.FID, Measure.IS);
            assertThat(List.of(j.images(), j.realImages())).containsExactly(9L, 8L);
            assertThat(j.score("inceptionScore.splits")).isEqualTo(9);
            Judgement classes = judged(new Stored(fake), new Stored(real), 20, Measure.IS);
            assertThat(List.of(classes.images(), classes.realImages())).containsExactly(9L, 8L);
            assertThat(judged(new Stored(fake), new Stored(real), 6, Measure.FID)
                            .images())
                    .as("others come in its place where there are some")
                    .isEqualTo(6);
        }
    }

    @Test
    void tooFewThatCanBeReadAreRefused() throws IOException {
        pictures("real", 4);
        Files.writeString(folder.resolve("real/3.png"), "no picture");
        Drawn fake = new Drawn(greys("rooms:train"));
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3)) {
            assertThatThrownBy(() -> judged(fake, new Stored(real), 20, Measure.FID))
                    .hasMessageContaining("3 real and 20 generated pictures are too few");
        }
    }

    @Test
    void onlyAnInceptionScoreCountsWhatIsThere() throws IOException {
        pictures("real", 8);
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3)) {
            Judgement j = judged(new Drawn(greys("rooms:train")), new Stored(real), 5, Measure.IS);
            assertThat(j.images()).isEqualTo(5);
            assertThat(j.realImages()).isEqualTo(5);
            assertThat(j.score("fid")).isNull();
        }
    }

    @Test
    void theOrderOfMeasuresAndWhatTheyNeedIsThePlans() {
        Judge.Plan plan = new Judge.Plan(PLAIN, 5, 6, Set.of(Measure.SSIM, Measure.FID), null, Judge.PairSize.OWN);
        assertThat(plan.inOrder()).containsExactly(Measure.FID, Measure.SSIM);
        assertThat(plan.needs(Scorer.Need.PAIRS)).isTrue();
        assertThat(plan.needs(Scorer.Need.PIXELS)).isFalse();
        assertThat(Judge.Plan.of(PLAIN, 9).measures()).isEqualTo(Measure.usual());
        assertThat(Judge.Plan.of(PLAIN, 9).references()).isEqualTo(9);
        assertThatThrownBy(() -> new Judge.Plan(PLAIN, 0, 6, Set.of(Measure.FID), null, Judge.PairSize.OWN))
                .hasMessageContaining("images must be");
        assertThatThrownBy(() -> new Judge.Plan(PLAIN, 6, 0, Set.of(Measure.FID), null, Judge.PairSize.OWN))
                .hasMessageContaining("references must be");
        assertThatThrownBy(() -> new Judge.Plan(PLAIN, 6, 6, Set.of(), null, Judge.PairSize.OWN))
                .hasMessage("measures must not be empty");
    }

    @Test
    void whatANetworkCannotTellIsRefusedByName() {
        Drawn fake = new Drawn(greys("rooms:train"));
        Stored real = new Stored(Rooms.test(32));
        assertThatThrownBy(() -> judged(fake, real, 8, Measure.SFID))
                .hasMessage("sfid needs a network that tells where something is, which mean-colour is not: name"
                        + " guided-diffusion or inception");
        assertThatThrownBy(() -> new Judge(new Plain(), FEW, Belonging.Foreign.ALLOW, Progress.SILENT)
                        .compare(fake, real, new Judge.Plan(PLAIN, 8, 8, Set.of(Measure.IS), null, Judge.PairSize.OWN)))
                .hasMessage("an Inception Score needs a classifier, which plain is not: name inception, lenet or"
                        + " resnet-cifar");
        assertThatThrownBy(() -> judged(fake, real, 8, Measure.PSNR))
                .hasMessage(
                        "psnr, ssim and lpips compare each picture with the one of the same name, which what a model"
                                + " draws does not have: greys");
    }

    @Test
    void picturesThatTheModelLearnedFromAreSaidToBeThose() {
        String sentence = "The real pictures are those that the model learned from";
        assertThat(judged(new Drawn(greys("rooms:test")), new Stored(Rooms.test(32)), 8, Measure.KID)
                        .caveats())
                .anyMatch(caveat -> caveat.startsWith(sentence));
        assertThat(judged(new Drawn(greys("rooms:train")), new Stored(Rooms.test(32)), 8, Measure.KID)
                        .caveats())
                .noneMatch(caveat -> caveat.startsWith(sentence));
        assertThat(judged(new Drawn(greys("rooms")), new Stored(Rooms.train(32)), 8, Measure.KID)
                        .caveats())
                .anyMatch(caveat -> caveat.startsWith(sentence));
    }

    @Test
    void aForeignReferenceIsSaidToBeOne() throws IOException {
        pictures("real", 8);
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3)) {
            assertThat(judged(new Drawn(greys("rooms:train")), new Stored(real), 8, Measure.KID)
                            .caveats())
                    .anyMatch(caveat -> caveat.startsWith("A foreign judge: ")
                            && caveat.endsWith("The numbers are not what they are called, and compare at best with each"
                                    + " other."));
            Judge strict = new Judge(new StubNetwork(), FEW, Progress.SILENT);
            assertThatThrownBy(() -> strict.drawing(greys("rooms:train"), real, 8, Set.of(Measure.KID)))
                    .hasMessageContaining("foreignJudge");
        }
    }

    @Test
    void statisticsOfPicturesNeedTwo() throws IOException {
        pictures("real", 8);
        Judge judge = new Judge(new StubNetwork(), FEW, Progress.SILENT);
        Path out = folder.resolve("s.npz");
        try (ImageDataset real = DataSets.open(folder.resolve("real").toString(), 32, 3)) {
            assertThatThrownBy(() -> judge.saveStatistics(new Stored(real), PLAIN, 1, out))
                    .hasMessage("statistics need at least 2 pictures: 1");
            judge.saveStatistics(new Stored(real), PLAIN, 100, out);
        }
        StatisticsFile file = StatisticsFile.read(out);
        assertThat(file.count()).isEqualTo(8);
        assertThat(file.network()).isEqualTo("mean-colour 0");
        assertThat(file.spatial()).isEmpty();
        assertThat(file.features().dimensions()).isEqualTo(3);
    }

    @Test
    void aClassifierLooksOnceAtPicturesWhoseFeaturesItHasFound() {
        ResNetOfColours eyes = new ResNetOfColours();
        Judge judge = new Judge(eyes, FEW, Progress.SILENT);
        Scope.run(() -> {
            Side side = new Side(judge, 6, new Side.Role(true, false, true, true, false));
            side.add(Images.toPixels(greys("rooms").images(3, 6)));
            assertThat(side.inceptionScore().splits()).isEqualTo(6);
        });
        assertThat(eyes.looks).isEqualTo(1);
    }

    /** Reads classes from its features, and counts how often it looks. */
    private static final class ResNetOfColours implements Classifier {
        private final StubNetwork eyes = new StubNetwork();
        private int looks;

        @Override
        public String name() {
            return eyes.name();
        }

        @Override
        public String hash() {
            return eyes.hash();
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
        public List<String> classes() {
            return eyes.classes();
        }

        @Override
        public Tensor features(Tensor pixels) {
            looks++;
            return eyes.features(pixels);
        }

        @Override
        public Tensor logits(Tensor pixels) {
            return logits(pixels, features(pixels));
        }

        @Override
        public Tensor logits(Tensor pixels, Tensor features) {
            return features;
        }

        @Override
        public void close() {}
    }

    @Test
    void whatIsKeptOfASideIsRestored() {
        Judge judge = new Judge(new StubNetwork(), FEW, Progress.SILENT);
        Scope.run(() -> {
            Side side = new Side(judge, 6, new Side.Role(true, false, false, false, false));
            side.add(Images.toPixels(greys("rooms").images(3, 6)));
            Map<String, Tensor> state = side.state();
            Side again = Side.restore(judge, state);
            assertThat(again.features().statistics().mean())
                    .isEqualTo(side.features().statistics().mean());
            assertThat(again.features().statistics().mean()[0]).isCloseTo(5.5, within(1e-3));
            assertThat(again.features().statistics().count()).isEqualTo(6);
            assertThat(again.spatial()).isNull();
            assertThat(again.pixels()).isNull();
            assertThat(again.inceptionScore()).isNull();
            assertThat(again.modes(side).byName()).isEmpty();
        });
    }

    /** No classifier. */
    private static final class Plain implements FeatureNetwork {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public String hash() {
            return "0";
        }

        @Override
        public int dimensions() {
            return 3;
        }

        @Override
        public String input() {
            return "";
        }

        @Override
        public Tensor features(Tensor pixels) {
            return new StubNetwork().features(pixels);
        }

        @Override
        public void close() {}
    }
}
