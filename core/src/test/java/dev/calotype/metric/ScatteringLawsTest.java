package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Shared;
import dev.calotype.data.Batches;
import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.model.Scattering;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a network for any pictures must see: what is worse for the eye has a larger FID. */
class ScatteringLawsTest {
    private static final int COUNT = 150;
    private static final double[] NOISE = {4, 8, 16, 64}; // deviations, in levels
    private static final double[] BLUR = {0.5, 0.7, 1, 2, 4}; // deviations, in pixels
    private static final int[] PIECES = {2, 4, 8}; // a side

    @Test
    void worseRoomsHaveWorseScores() throws IOException {
        lawsOf(Rooms.train(32));
    }

    @Test
    @Tag("slow")
    void worsePhotographsHaveWorseScores() throws IOException {
        try (ImageDataset data =
                DataSource.open(Shared.path("data/bedrooms-128").toString(), 3)) {
            lawsOf(data);
        }
    }

    private static void lawsOf(ImageDataset data) {
        Scope.run(() -> {
            Tensor all = pictures(data, 2 * COUNT); // (2 N, 3, 32, 32)
            Tensor other = all.narrow(0, COUNT, COUNT);
            try (Scattering network = new Scattering(Device.CPU)) {
                FeatureCollector real = seen(network, all.narrow(0, 0, COUNT));
                List<UnaryOperator<Tensor>> noisy = new ArrayList<>(), blurred = new ArrayList<>();
                for (double deviation : NOISE) noisy.add(x -> noise(x, deviation));
                for (double deviation : BLUR) blurred.add(x -> blur(x, deviation));
                List<UnaryOperator<Tensor>> shuffled = new ArrayList<>();
                for (int pieces : PIECES) shuffled.add(x -> shuffle(x, pieces));
                Comparison same = Comparison.of(real, seen(network, other));
                assertThat(Math.abs(same.kid().value())).isLessThan(0.1);
                assertThat(same.fid().value()).isLessThan(5);
                assertThat(same.manifold().precision()).isGreaterThan(0.75);
                assertThat(same.manifold().recall()).isGreaterThan(0.75);
                rises(network, real, same, other, noisy);
                rises(network, real, same, other, blurred);
                rises(network, real, same, other, shuffled);
                Comparison noise =
                        Comparison.of(real, seen(network, noise(other.mul(other).mul(other), 90)));
                assertThat(noise.fid().value()).isGreaterThan(20 * same.fid().value());
                assertThat(noise.manifold().precision()).isZero();
            }
        });
    }

    /** Each of {@code ladder} has a larger FID than the one before; the last shows little of what real ones do. */
    private static void rises(
            Scattering network,
            FeatureCollector real,
            Comparison same,
            Tensor pictures,
            List<UnaryOperator<Tensor>> ladder) {
        Comparison before = same;
        for (UnaryOperator<Tensor> step : ladder) {
            Comparison now = Comparison.of(real, seen(network, step.apply(pictures)));
            assertThat(now.fid().value()).isGreaterThan(1.05 * before.fid().value());
            before = now;
        }
        assertThat(before.kid().value()).isGreaterThan(1);
        assertThat(before.manifold().recall()).isLessThan(0.4 * same.manifold().recall());
        assertThat(before.manifold().coverage())
                .isLessThan(0.4 * same.manifold().coverage());
    }

    private static FeatureCollector seen(Scattering network, Tensor pixels) {
        FeatureCollector collector = new FeatureCollector(network, EvaluationProtocol.standard());
        collector.add(pixels);
        return collector;
    }

    private static Tensor pictures(ImageDataset data, int count) {
        Preparation plain = new Preparation(32, 3, Preparation.Flip.NONE);
        try (Batches batches = new Batches(data, plain, Batches.Plan.of(count, 0))) {
            return Tensors.of(batches.next().pixels(), count, 3, 32, 32);
        }
    }

    private static Tensor noise(Tensor pixels, double deviation) {
        return quantised(pixels.to(ScalarType.Float)
                .add(Tensors.scale(deviation, Rng.of(1).normal(Tensors.shape(pixels)))));
    }

    private static Tensor quantised(Tensor x) {
        return Tensors.clamp(x.round(), 0, 255).to(ScalarType.Byte);
    }

    private static Tensor blur(Tensor pixels, double deviation) {
        int radius = (int) Math.ceil(3 * deviation);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++)
            sum += weights[i] = Math.exp(-(i - radius) * (i - radius) / (2 * deviation * deviation));
        for (int i = 0; i < weights.length; i++) weights[i] /= sum;
        Tensor x = pixels.to(ScalarType.Double).reshape(-1, 1, 32, 32);
        x = torch.replication_pad2d(x, radius, radius, radius, radius);
        x = torch.conv2d(x, Tensors.ofDoubles(weights, 1, 1, 1, weights.length));
        x = torch.conv2d(x, Tensors.ofDoubles(weights, 1, 1, weights.length, 1));
        return quantised(x).reshape(Tensors.shape(pixels));
    }

    /** The square pieces of each picture in another order. */
    private static Tensor shuffle(Tensor pixels, int pieces) {
        int n = (int) pixels.size(0), side = 32 / pieces;
        byte[] from = Tensors.bytes(pixels), to = new byte[from.length];
        Random random = new Random(1);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < pieces * pieces; i++) order.add(i);
        for (int i = 0; i < n; i++) {
            Collections.shuffle(order, random);
            for (int at = 0; at < 3 * 32 * 32; at++) {
                int x = at % 32, y = at / 32 % 32, channel = at / 1024;
                int piece = order.get(y / side * pieces + x / side);
                int column = piece % pieces * side + x % side, row = piece / pieces * side + y % side;
                to[i * 3072 + at] = from[i * 3072 + channel * 1024 + row * 32 + column];
            }
        }
        return Tensors.of(to, n, 3, 32, 32);
    }
}
