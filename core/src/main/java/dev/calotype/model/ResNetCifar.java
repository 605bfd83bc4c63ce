package dev.calotype.model;

import dev.calotype.model.FrozenWeights.Window;
import dev.calotype.nn.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The thin residual networks that name CIFAR-10 pictures (He et al. 2015, section 4.2), frozen: depth 6 n + 2 with n
 * blocks of 16, 32 and 64 channels, shortcuts without weights (option A), 64 features.
 *
 * <p>Takes RGB pictures of any size; they are resized to 32 x 32 by antialiased bilinear interpolation and standardised
 * by the channel means and deviations of ImageNet. The depth is that of the weights, which are those of
 * github.com/akamaster/pytorch_resnet_cifar10 (published test error of ResNet-20: 8.27 %, of ResNet-32: 7.37 %).
 * Pictures that were stored as JPEG score far worse: at quality 75, 19.0 % and 17.4 %.
 */
public final class ResNetCifar extends FrozenClassifier {
    private static final int SIZE = 32;
    private static final int DIMENSIONS = 64;
    private static final double NORM_EPSILON = 1e-5;
    private static final int[] CHANNELS = {16, 32, DIMENSIONS};
    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] DEVIATION = {0.229, 0.224, 0.225};

    private static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private final int blocks;

    private ResNetCifar(String name, int blocks, FrozenWeights weights) {
        super(new Identity(name, 3, DIMENSIONS, "linear", CLASSES), weights);
        this.blocks = blocks;
    }

    /**
     * The network with {@code weights}, which are copied; names may begin with {@code module.}.
     *
     * @throws IllegalArgumentException if one is missing, unknown or of another shape
     */
    public static ResNetCifar of(Map<String, Tensor> weights) {
        Map<String, Tensor> given = FrozenWeights.plainNames(weights);
        int blocks = 1;
        while (given.containsKey(block(1, blocks) + ".conv1.weight")) blocks++;
        String name = "resnet" + (6 * blocks + 2) + "-cifar10";
        FrozenWeights frozen = new FrozenWeights(name, weights, shapes(blocks));
        fold(frozen, "", 1);
        for (int stage = 1; stage <= CHANNELS.length; stage++)
            for (int i = 0; i < blocks; i++)
                for (int layer = 1; layer <= 2; layer++) fold(frozen, block(stage, i) + ".", layer);
        frozen.lay(Layout.CHANNELS_LAST);
        return new ResNetCifar(name, blocks, frozen);
    }

    private static void fold(FrozenWeights weights, String prefix, int layer) {
        String conv = prefix + "conv" + layer;
        weights.fold(conv, prefix + "bn" + layer, conv, NORM_EPSILON);
    }

    private static Map<String, long[]> shapes(int blocks) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("conv1.weight", new long[] {CHANNELS[0], 3, 3, 3});
        norm(shapes, "bn1", CHANNELS[0]);
        int from = CHANNELS[0];
        for (int stage = 1; stage <= CHANNELS.length; stage++) {
            int to = CHANNELS[stage - 1];
            for (int i = 0; i < blocks; i++) {
                shapes.put(block(stage, i) + ".conv1.weight", new long[] {to, from, 3, 3});
                norm(shapes, block(stage, i) + ".bn1", to);
                shapes.put(block(stage, i) + ".conv2.weight", new long[] {to, to, 3, 3});
                norm(shapes, block(stage, i) + ".bn2", to);
                from = to;
            }
        }
        shapes.put("linear.weight", new long[] {10, DIMENSIONS});
        shapes.put("linear.bias", new long[] {10});
        return shapes;
    }

    private static void norm(Map<String, long[]> shapes, String name, long channels) {
        for (String part : List.of(".weight", ".bias", ".running_mean", ".running_var"))
            shapes.put(name + part, new long[] {channels});
    }

    private static String block(int stage, int index) {
        return "layer" + stage + "." + index;
    }

    @Override
    public String madeFor() {
        return "CIFAR-10";
    }

    @Override
    public String caution() {
        return "This ResNet is made for CIFAR-10: of other pictures its numbers say nothing.";
    }

    @Override
    public String input() {
        return "32 x 32, antialiased bilinear, standardised as ImageNet";
    }

    @Override
    public boolean small() {
        return true;
    }

    @Override
    Tensor penultimate(Tensor pixels) {
        Tensor x = Pixels.resize(weights.onDevice(pixels), SIZE); // (N, 3, 32, 32)
        x = Layout.CHANNELS_LAST.apply(Pixels.standardize(x, MEAN, DEVIATION)); // (N, 3, 32, 32)
        x = convolve("conv1", x, 1).relu_(); // (N, 16, 32, 32)
        for (int stage = 1; stage <= CHANNELS.length; stage++)
            for (int i = 0; i < blocks; i++)
                x = residual(block(stage, i), x, stage > 1 && i == 0 ? 2 : 1); // (N, 16 * 2^(s-1), 64 / 2^s, 64 / 2^s)
        return x.mean(2, 3); // (N, 64)
    }

    private Tensor residual(String block, Tensor x, int stride) {
        Tensor h = convolve(block + ".conv1", x, stride).relu_(); // (N, C', H / stride, W / stride)
        h = convolve(block + ".conv2", h, 1); // (N, C', H / stride, W / stride)
        return h.add_(stride == 1 ? x : shortcut(x)).relu_(); // (N, C', H / stride, W / stride)
    }

    private Tensor convolve(String layer, Tensor x, int stride) {
        return weights.convolve(layer, x, new Window(stride, 1, 1)); // (N, C', H / stride, W / stride)
    }

    /** Option A: every second pixel, and as many channels of zeros as there were channels. */
    private static Tensor shortcut(Tensor x) {
        long half = x.size(1) / 2;
        Tensor thinned = torch.max_pool2d(
                x,
                new long[] {1, 1},
                new long[] {2, 2},
                new long[] {0, 0},
                new long[] {1, 1},
                false); // (N, C, H/2, W/2)
        return torch.constant_pad_nd(thinned, 0, 0, 0, 0, half, half); // (N, 2 C, H / 2, W / 2)
    }
}
