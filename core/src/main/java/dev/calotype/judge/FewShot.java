package dev.calotype.judge;

import dev.calotype.data.Batch;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Preparation;
import dev.calotype.io.Progress;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.settings.Summary;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How well the features of a network separate classes of which only few pictures are shown: the linear few-shot evaluation of the Vision
 * Transformer (Dosovitskiy et al. 2020, section 4.1). A linear map to -1 and 1 for each class is fitted by regularised least squares, in
 * closed form, and names test pictures.
 *
 * @param shots pictures of each class that the map was fitted to
 * @param top1 the share of test pictures that it names rightly, over draws of other shots
 */
public record FewShot(int shots, Summary top1) {
    private static final int BATCH = 64;

    /** The strength of the regularisation, for features of unit deviation. */
    static final double RIDGE = 0.1;

    /** Which pictures are shown, how often anew, and on how many it is tested. */
    public record Plan(List<Integer> shots, int draws, long tests) {
        public Plan {
            shots = List.copyOf(shots);
            if (shots.isEmpty() || shots.stream().anyMatch(each -> each < 1 || each > 10_000))
                throw new IllegalArgumentException("shots must be in 1..10000: " + shots);
            if (draws < 1 || draws > 1000) throw new IllegalArgumentException("draws must be in 1..1000: " + draws);
            if (tests < 1) throw new IllegalArgumentException("tests must be at least 1: " + tests);
        }
    }

    /**
     * One result for each number of shots.
     *
     * @param train where shots are drawn from
     * @param test of the same classes
     * @throws IllegalArgumentException if a class has fewer pictures than shots, or the classes differ
     */
    public static List<FewShot> of(
            FeatureNetwork network,
            ImageDataset train,
            ImageDataset test,
            Preparation preparation,
            Plan plan,
            Progress progress) {
        int[] known = Naming.labels(train.classes(), test);
        int most = plan.shots().stream().mapToInt(each -> each).max().orElseThrow();
        List<FewShot> results = new ArrayList<>();
        try (Scope.Owned<Shown> tests = Scope.own(() -> tested(network, test, preparation, plan.tests(), progress))) {
            int[] labels = Arrays.stream(tests.value().labels)
                    .map(label -> known[label])
                    .toArray();
            List<List<Double>> shares = new ArrayList<>();
            plan.shots().forEach(each -> shares.add(new ArrayList<>()));
            for (int draw = 0; draw < plan.draws(); draw++) {
                long seed = draw;
                try (Scope.Owned<Shown> shown =
                        Scope.own(() -> shown(network, train, preparation, most, seed, progress))) {
                    for (int i = 0; i < plan.shots().size(); i++)
                        shares.get(i).add(shown.value().accuracy(plan.shots().get(i), tests.value().features, labels));
                }
            }
            for (int i = 0; i < shares.size(); i++)
                results.add(new FewShot(plan.shots().get(i), Summary.of(shares.get(i))));
        }
        return List.copyOf(results);
    }

    /** Features (N, D) and what they are of. */
    private record Shown(Tensor features, int[] labels, int classes) {
        /** Fitted to the first {@code shots} of each class, the share of others that is named rightly. */
        double accuracy(int shots, Tensor tests, int[] truth) {
            int[] seen = new int[classes];
            int[] rows = new int[shots * classes];
            int n = 0;
            for (int i = 0; i < labels.length; i++) if (seen[labels[i]]++ < shots) rows[n++] = i;
            int[] classesOf = Arrays.stream(rows).map(row -> labels[row]).toArray();
            return Scope.read(() -> {
                Tensor named = named(features.index_select(0, Tensors.of(rows)), classesOf, classes, tests);
                double[] guesses = Tensors.doubles(named);
                int right = 0;
                for (int i = 0; i < truth.length; i++) if ((int) guesses[i] == truth[i]) right++;
                return (double) right / truth.length;
            });
        }
    }

    /**
     * The class of each row of {@code tests}, (M), by a linear map fitted to {@code features}, (N, D), of known classes. Solved for
     * the N weights of the pictures, of which there are few, not for the D of the features.
     */
    static Tensor named(Tensor features, int[] labels, int classes, Tensor tests) {
        Tensor x = features.to(ScalarType.Double), y = tests.to(ScalarType.Double);
        Tensor mean = x.mean(0);
        Tensor deviation = x.sub(mean).square().mean(0).sqrt().add(new Scalar(1e-6)); // (D)
        Tensor shown = x.sub(mean).div(deviation), asked = y.sub(mean).div(deviation); // (N, D), (M, D)
        double width = x.size(1);
        Tensor gram = shown.matmul(shown.t()).div(new Scalar(width)).add(new Scalar(1.0)); // (N, N), with a bias
        gram.diagonal().add_(new Scalar(RIDGE));
        double[] targets = new double[labels.length * classes];
        Arrays.fill(targets, -1);
        for (int i = 0; i < labels.length; i++) targets[i * classes + labels[i]] = 1;
        Tensor weights = torch.linalg_solve(gram, Tensors.ofDoubles(targets, labels.length, classes)); // (N, K)
        Tensor near = asked.matmul(shown.t()).div(new Scalar(width)).add(new Scalar(1.0)); // (M, N)
        return near.matmul(weights).argmax(new LongOptional(1), false); // (M)
    }

    private static Shown tested(
            FeatureNetwork network, ImageDataset data, Preparation preparation, long count, Progress progress) {
        long wanted = Naming.wanted(data, count);
        List<Tensor> features = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        try (OnePass pass = new OnePass(data, preparation, BATCH, 0, wanted)) {
            while (pass.hasNext()) {
                add(network, pass.next(), features, labels);
                progress.at("reading", pass.read(), wanted);
            }
        }
        return joined(features, labels, data.classes().size());
    }

    /** Pictures in the random order of a seed until each class has enough, at most once through the data set. */
    private static Shown shown(
            FeatureNetwork network,
            ImageDataset data,
            Preparation preparation,
            int most,
            long seed,
            Progress progress) {
        int[] seen = new int[data.classes().size()];
        List<Tensor> features = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        try (OnePass pass = new OnePass(data, preparation, BATCH, seed, data.size())) {
            while (Arrays.stream(seen).min().orElseThrow() < most && pass.hasNext()) {
                Batch batch = pass.next();
                add(network, batch, features, labels);
                for (int label : batch.labels()) if (label >= 0) seen[label]++;
                progress.at(
                        "showing",
                        Arrays.stream(seen).map(each -> Math.min(each, most)).sum(),
                        (long) most * seen.length);
            }
        }
        for (int c = 0; c < seen.length; c++)
            if (seen[c] < most)
                throw new IllegalArgumentException("shots must be at most the pictures of each class, and "
                        + data.classes().get(c) + " of " + data.name() + " has " + seen[c] + ": " + most);
        return joined(features, labels, seen.length);
    }

    private static void add(FeatureNetwork network, Batch batch, List<Tensor> features, List<Integer> labels) {
        features.add(Scope.tidy(() -> network.features(batch.bytes())));
        for (int label : batch.labels()) {
            if (label < 0) throw new IllegalArgumentException("a picture of the data set has no class");
            labels.add(label);
        }
    }

    private static Shown joined(List<Tensor> features, List<Integer> labels, int classes) {
        Tensor all = Tensors.cat(0, features.toArray(Tensor[]::new));
        features.forEach(Tensor::close);
        return new Shown(all, labels.stream().mapToInt(each -> each).toArray(), classes);
    }
}
