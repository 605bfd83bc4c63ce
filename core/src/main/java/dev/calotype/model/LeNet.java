package dev.calotype.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The LeNet-5 that names handwritten digits (LeCun et al. 1998, with rectifiers and max pooling), frozen: 61,706
 * weights, 84 features.
 *
 * <p>Takes grey pictures of any size, bright strokes on black; they are resized to 32 x 32 by antialiased bilinear
 * interpolation and scaled to [0, 1]. With the weights of github.com/csinva/gan-vae-pretrained-pytorch
 * ({@code mnist_classifier}) it is right on 99.1 % of the MNIST test set.
 */
public final class LeNet extends FrozenClassifier {
    private static final String NAME = "lenet-mnist";
    private static final int SIZE = 32;
    private static final int DIMENSIONS = 84;

    private static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private LeNet(FrozenWeights weights) {
        super(new Identity(NAME, 1, DIMENSIONS, "fc.f7", CLASSES), weights);
    }

    /**
     * The network with {@code weights}, which are copied.
     *
     * @throws IllegalArgumentException if one is missing, unknown or of another shape
     */
    public static LeNet of(Map<String, Tensor> weights) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        layer(shapes, "convnet.c1", 6, 1, 5, 5);
        layer(shapes, "convnet.c3", 16, 6, 5, 5);
        layer(shapes, "convnet.c5", 120, 16, 5, 5);
        layer(shapes, "fc.f6", DIMENSIONS, 120);
        layer(shapes, "fc.f7", 10, DIMENSIONS);
        return new LeNet(new FrozenWeights(NAME, weights, shapes));
    }

    private static void layer(Map<String, long[]> shapes, String name, long... shape) {
        shapes.put(name + ".weight", shape);
        shapes.put(name + ".bias", new long[] {shape[0]});
    }

    @Override
    public String madeFor() {
        return "MNIST";
    }

    @Override
    public String caution() {
        return "LeNet is made for MNIST: of other pictures its numbers say nothing.";
    }

    @Override
    public String input() {
        return "32 x 32, antialiased bilinear, [0, 1]";
    }

    @Override
    public boolean small() {
        return true;
    }

    @Override
    Tensor penultimate(Tensor pixels) {
        Tensor x = Pixels.unit(Pixels.resize(weights.onDevice(pixels), SIZE)); // (N, 1, 32, 32)
        x = pool(weights.convolve("convnet.c1", x).relu()); // (N, 6, 14, 14)
        x = pool(weights.convolve("convnet.c3", x).relu()); // (N, 16, 5, 5)
        x = weights.convolve("convnet.c5", x).relu(); // (N, 120, 1, 1)
        return weights.connect("fc.f6", x.flatten(1, -1)).relu(); // (N, 84)
    }

    private static Tensor pool(Tensor x) {
        return torch.max_pool2d(x, 2, 2); // (N, C, H / 2, W / 2)
    }
}
