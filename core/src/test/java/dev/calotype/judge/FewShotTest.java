package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FewShotTest {
    private static final Preparation PLAIN = new Preparation(4, 1, Preparation.Flip.NONE);

    private final PointerScope scope = new PointerScope();

    @AfterEach
    void free() {
        scope.close();
    }

    /** Noise whose brighter corner is the class. */
    private record Corners(long size, double contrast, long seed) implements ImageDataset {
        @Override
        public String name() {
            return "corners";
        }

        @Override
        public List<String> classes() {
            return List.of("first", "second", "third");
        }

        @Override
        public Sample read(long index) {
            Rng rng = Rng.of(seed).fork(index);
            int label = (int) (index % 3);
            byte[] pixels = new byte[16];
            for (int i = 0; i < 16; i++) pixels[i] = (byte) (rng.nextInt(100) + (i / 4 == label ? (int) contrast : 0));
            return new Sample("c" + index, new Picture(4, 4, 1, pixels), label, "", Map.of());
        }
    }

    /** Features that are the pixels. */
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
            return 16;
        }

        @Override
        public String input() {
            return "";
        }

        @Override
        public Tensor features(Tensor pixels) {
            return Scope.inference(() -> pixels.to(ScalarType.Float).reshape(pixels.size(0), 16));
        }

        @Override
        public void close() {}
    }

    private static List<FewShot> curve(double contrast, int... shots) {
        List<Integer> asked = java.util.Arrays.stream(shots).boxed().toList();
        return FewShot.of(
                new Plain(),
                new Corners(300, contrast, 1),
                new Corners(150, contrast, 2),
                PLAIN,
                new FewShot.Plan(asked, 3, 1000),
                Progress.SILENT);
    }

    @Test
    void whatIsEasyIsKnownAfterAFewAndWhatIsNotThereNever() {
        List<FewShot> easy = curve(60, 1, 30);
        assertThat(easy).extracting(FewShot::shots).containsExactly(1, 30);
        assertThat(easy.get(1).top1().mean())
                .isGreaterThan(0.95)
                .isGreaterThan(easy.get(0).top1().mean());
        assertThat(easy.get(0).top1().seeds()).isEqualTo(3);
        assertThat(curve(0, 30).get(0).top1().mean()).isBetween(0.2, 0.47);
    }

    /** The map of N weights is that of D weights of ridge regression, with a bias that is regularised too. */
    @Test
    void theSolutionIsThatOfRidgeRegression() {
        Tensor x = Rng.of(1).normal(12, 3), asked = Rng.of(2).normal(40, 3);
        int[] labels = {0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0};
        double[] named = Tensors.doubles(FewShot.named(x, labels, 2, asked));
        Tensor mean = x.mean(0), deviation = x.sub(mean).square().mean(0).sqrt();
        Tensor design = design(x.sub(mean).div(deviation)),
                queries = design(asked.sub(mean).div(deviation));
        double[] signs =
                java.util.Arrays.stream(labels).mapToDouble(l -> 2 * l - 1).toArray();
        Tensor normal = design.t().matmul(design);
        normal.diagonal().add_(new org.bytedeco.pytorch.Scalar(FewShot.RIDGE));
        Tensor weights = org.bytedeco.pytorch.global.torch.linalg_solve(
                normal, design.t().matmul(Tensors.of(signs).reshape(12, 1)));
        double[] scores = Tensors.doubles(queries.matmul(weights));
        for (int i = 0; i < scores.length; i++) assertThat(named[i]).isEqualTo(scores[i] > 0 ? 1 : 0);
    }

    private static Tensor design(Tensor x) {
        Tensor scaled = x.div(new org.bytedeco.pytorch.Scalar(Math.sqrt(3)));
        return Tensors.cat(1, scaled, org.bytedeco.pytorch.global.torch.ones(new long[] {x.size(0), 1}));
    }

    @Test
    void aClassOfFewerPicturesThanShotsIsNamed() {
        assertThatThrownBy(() -> curve(60, 101))
                .hasMessage("shots must be at most the pictures of each class, and first of corners has 100: 101");
        assertThatThrownBy(() -> new FewShot.Plan(List.of(0), 1, 1)).hasMessage("shots must be in 1..10000: [0]");
    }
}
