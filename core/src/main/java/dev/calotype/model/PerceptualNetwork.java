package dev.calotype.model;

import dev.calotype.model.FrozenWeights.Window;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The convolutional part of an ImageNet classifier with the linear layers that people's judgements of similarity were
 * fitted to (Zhang et al. 2018), frozen: what LPIPS is made of. Names and numbers of the classifiers are torchvision's,
 * those of the linear layers are those of github.com/richzhang/PerceptualSimilarity.
 */
public final class PerceptualNetwork implements AutoCloseable {
    private static final String BACKBONE = "features.";
    private static final double[] SHIFT = {-.030, -.088, -.188};
    private static final double[] SCALE = {.458, .448, .450};
    private static final double EPSILON = 1e-10;

    /** The classifiers. */
    public enum Architecture {
        /** AlexNet (Krizhevsky 2014): the one to report. */
        ALEX(
                new Convolution(0, 64, 11, 4, 2),
                Mark.TAP,
                Mark.POOL_3,
                new Convolution(3, 192, 5, 1, 2),
                Mark.TAP,
                Mark.POOL_3,
                new Convolution(6, 384, 3, 1, 1),
                Mark.TAP,
                new Convolution(8, 256, 3, 1, 1),
                Mark.TAP,
                new Convolution(10, 256, 3, 1, 1),
                Mark.TAP),
        /** VGG-16 (Simonyan &amp; Zisserman 2015): the one to train with. */
        VGG(
                new Convolution(0, 64, 3, 1, 1),
                new Convolution(2, 64, 3, 1, 1),
                Mark.TAP,
                Mark.POOL_2,
                new Convolution(5, 128, 3, 1, 1),
                new Convolution(7, 128, 3, 1, 1),
                Mark.TAP,
                Mark.POOL_2,
                new Convolution(10, 256, 3, 1, 1),
                new Convolution(12, 256, 3, 1, 1),
                new Convolution(14, 256, 3, 1, 1),
                Mark.TAP,
                Mark.POOL_2,
                new Convolution(17, 512, 3, 1, 1),
                new Convolution(19, 512, 3, 1, 1),
                new Convolution(21, 512, 3, 1, 1),
                Mark.TAP,
                Mark.POOL_2,
                new Convolution(24, 512, 3, 1, 1),
                new Convolution(26, 512, 3, 1, 1),
                new Convolution(28, 512, 3, 1, 1),
                Mark.TAP),
        /** SqueezeNet 1.1 (Iandola et al. 2016): the smallest. */
        SQUEEZE(
                new Convolution(0, 64, 3, 2, 0),
                Mark.TAP,
                Mark.POOL_3_COVERING,
                new Fire(3, 16, 64),
                new Fire(4, 16, 64),
                Mark.TAP,
                Mark.POOL_3_COVERING,
                new Fire(6, 32, 128),
                new Fire(7, 32, 128),
                Mark.TAP,
                Mark.POOL_3_COVERING,
                new Fire(9, 48, 192),
                Mark.TAP,
                new Fire(10, 48, 192),
                Mark.TAP,
                new Fire(11, 64, 256),
                Mark.TAP,
                new Fire(12, 64, 256),
                Mark.TAP);

        private final List<Step> steps;

        Architecture(Step... steps) {
            this.steps = List.of(steps);
        }
    }

    /** How the linear layers were fitted. */
    public enum Version {
        /** Of the paper's first version, on pictures that were not standardised. */
        V0_0,
        /** The one in use. */
        V0_1
    }

    private sealed interface Step permits Convolution, Fire, Mark {}

    /** Followed by a rectifier. */
    private record Convolution(int index, int out, int kernel, int stride, int padding) implements Step {}

    /** A 1 x 1 convolution to {@code squeeze} channels, then a 1 x 1 and a 3 x 3 one to {@code expand} channels each. */
    private record Fire(int index, int squeeze, int expand) implements Step {}

    private enum Mark implements Step {
        /** The activations here are compared. */
        TAP,
        /** Maxima of 2 x 2. */
        POOL_2,
        /** Maxima of 3 x 3 at stride 2. */
        POOL_3,
        /** The same, with a last window that sticks out. */
        POOL_3_COVERING
    }

    private final Architecture architecture;
    private final Version version;
    private final FrozenWeights weights;

    private PerceptualNetwork(Architecture architecture, Version version, FrozenWeights weights) {
        this.architecture = architecture;
        this.version = version;
        this.weights = weights;
    }

    /**
     * The network with these weights, which are copied.
     *
     * @param backbone of a torchvision classifier; only {@code features.*} is used
     * @param linear {@code lin0.model.1.weight} and so on
     * @throws IllegalArgumentException if one is missing or of another shape
     */
    public static PerceptualNetwork of(
            Architecture architecture, Version version, Map<String, Tensor> backbone, Map<String, Tensor> linear) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        FrozenWeights.plainNames(backbone).forEach((name, weight) -> {
            if (name.startsWith(BACKBONE)) all.put(name, weight);
        });
        all.putAll(linear);
        return new PerceptualNetwork(
                architecture, version, new FrozenWeights(name(architecture, version), all, shapes(architecture)));
    }

    /** The names of all weights and their shapes. */
    static Map<String, long[]> shapes(Architecture architecture) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        int channels = 3;
        int taps = 0;
        for (Step step : architecture.steps) {
            if (step instanceof Convolution c) {
                layer(shapes, BACKBONE + c.index, c.out, channels, c.kernel);
                channels = c.out;
            } else if (step instanceof Fire f) {
                layer(shapes, BACKBONE + f.index + ".squeeze", f.squeeze, channels, 1);
                layer(shapes, BACKBONE + f.index + ".expand1x1", f.expand, f.squeeze, 1);
                layer(shapes, BACKBONE + f.index + ".expand3x3", f.expand, f.squeeze, 3);
                channels = 2 * f.expand;
            } else if (step == Mark.TAP) {
                shapes.put(linear(taps++) + ".weight", new long[] {1, channels, 1, 1});
            }
        }
        return shapes;
    }

    private static void layer(Map<String, long[]> shapes, String name, long out, long in, long kernel) {
        shapes.put(name + ".weight", new long[] {out, in, kernel, kernel});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static String linear(int tap) {
        return "lin" + tap + ".model.1";
    }

    private static String name(Architecture architecture, Version version) {
        return "lpips-" + architecture.name().toLowerCase(Locale.ROOT) + (version == Version.V0_1 ? "-v0.1" : "-v0.0");
    }

    /** Such as {@code lpips-alex-v0.1}. */
    public String name() {
        return name(architecture, version);
    }

    /** The first 16 hexadecimal digits of the SHA-256 of all weights. */
    public String hash() {
        return weights.hash();
    }

    /**
     * How different two pictures look: 0 for equal ones. Gradients flow to the pictures where they are recorded.
     *
     * @param a fp32 (N, 3, H, W) in [-1, 1]; grey pictures (N, 1, H, W) count as RGB
     * @param b in the same shape
     * @return fp32 (N)
     */
    public Tensor distance(Tensor a, Tensor b) {
        return Scope.tidy(() -> {
            List<Tensor> left = activations(a);
            List<Tensor> right = activations(b);
            Tensor sum = null;
            for (int tap = 0; tap < left.size(); tap++) {
                Tensor apart =
                        direction(left.get(tap)).sub(direction(right.get(tap))).square(); // (N, C, H, W)
                Tensor seen =
                        weights.convolve(linear(tap), apart, Window.valid(1)).mean(1, 2, 3); // (N)
                sum = sum == null ? seen : sum.add(seen); // (N)
            }
            return sum;
        });
    }

    /** The activations that are compared, from the first layer to the last. */
    List<Tensor> activations(Tensor images) {
        Tensor x = weights.onDevice(images); // (N, C, H, W)
        if (x.size(1) == 1) x = x.expand(x.size(0), 3, x.size(2), x.size(3)); // (N, 3, H, W)
        if (version == Version.V0_1) x = Pixels.shiftAndScale(x, SHIFT, SCALE); // (N, 3, H, W)
        List<Tensor> taps = new ArrayList<>();
        for (Step step : architecture.steps) {
            if (step == Mark.TAP) taps.add(x);
            else x = apply(step, x); // (N, C', H', W')
        }
        return taps;
    }

    private Tensor apply(Step step, Tensor x) {
        if (step instanceof Convolution c)
            return weights.convolve(BACKBONE + c.index, x, new Window(c.stride, c.padding, c.padding))
                    .relu(); // (N, C', H', W')
        if (step instanceof Fire f) {
            String name = BACKBONE + f.index;
            Tensor h = weights.convolve(name + ".squeeze", x, Window.valid(1)).relu(); // (N, S, H, W)
            Tensor one = weights.convolve(name + ".expand1x1", h, Window.valid(1)); // (N, E, H, W)
            Tensor three = weights.convolve(name + ".expand3x3", h, Window.same(3, 3)); // (N, E, H, W)
            return Tensors.cat(1, one, three).relu(); // (N, 2 E, H, W)
        }
        long size = step == Mark.POOL_2 ? 2 : 3;
        long[] kernel = {size, size};
        boolean covering = step == Mark.POOL_3_COVERING;
        return torch.max_pool2d(
                x, kernel, new long[] {2, 2}, new long[] {0, 0}, new long[] {1, 1}, covering); // (N, C, ~H / 2, ~W / 2)
    }

    /** Each pixel's activations over their length. */
    private static Tensor direction(Tensor x) {
        Tensor length = x.square().sum(1).sqrt().unsqueeze(1); // (N, 1, H, W)
        return x.div(length.add(new Scalar(EPSILON))); // (N, C, H, W)
    }

    @Override
    public void close() {
        weights.close();
    }
}
