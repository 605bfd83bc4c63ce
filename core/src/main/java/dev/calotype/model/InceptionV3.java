package dev.calotype.model;

import dev.calotype.model.FrozenWeights.Window;
import dev.calotype.nn.Layout;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The Inception-v3 that the FID of papers is measured with (Szegedy et al. 2015; the TensorFlow graph of 2015-12-05 by the
 * names and numbers of github.com/mseitzer/pytorch-fid), frozen: 2048 features, the mean over the last map.
 *
 * <p>It is not torchvision's network: its average pooling does not count the padding, its last block pools by the maximum,
 * and it has 1008 outputs. Takes pictures of any size, grey ones as RGB; they are resized to 299 x 299 by bilinear
 * interpolation without antialiasing and scaled to [-1, 1]. {@link #logits} leave the bias of the last layer out, as the
 * Inception Score of papers does; the classes have numbers, no names.
 *
 * <p>With {@link Input#TENSORFLOW} pictures are resized and scaled within the graph as the evaluator of OpenAI's guided-diffusion has
 * it: bilinear, pixels at their corners, (v - 128) / 128. Its sFID sees the first seven channels of a map of 17 x 17, {@code
 * mixed_6/conv}.
 *
 * <p>Computes in fp32 with the channels last, which takes little more than half of the time of rows, at most {@value #CHUNK} pictures at a time, so that memory does not grow with the batch.
 */
public final class InceptionV3 extends FrozenClassifier implements FeatureNetwork.Spatial {
    private static final String NAME = "inception-v3-2015";
    private static final int SPATIAL_CHANNELS = 7, SPATIAL_SIDE = 17;
    private static final String SPATIAL = "Mixed_6d";
    // the layers of each kind of block, see layers()
    private static final String B =
            "branch3x3 384 288 3 3; branch3x3dbl_1 64 288 1 1; branch3x3dbl_2 96 64 3 3; " + "branch3x3dbl_3 96 96 3 3";
    private static final String C = "branch1x1 192 768 1 1; branch7x7_1 W 768 1 1; branch7x7_2 W W 1 7; "
            + "branch7x7_3 192 W 7 1; branch7x7dbl_1 W 768 1 1; branch7x7dbl_2 W W 7 1; "
            + "branch7x7dbl_3 W W 1 7; branch7x7dbl_4 W W 7 1; branch7x7dbl_5 192 W 1 7; "
            + "branch_pool 192 768 1 1";
    private static final String D = "branch3x3_1 192 768 1 1; branch3x3_2 320 192 3 3; branch7x7x3_1 192 768 1 1; "
            + "branch7x7x3_2 192 192 1 7; branch7x7x3_3 192 192 7 1; branch7x7x3_4 192 192 3 3";
    private static final String E = "branch1x1 320 I 1 1; branch3x3_1 384 I 1 1; branch3x3_2a 384 384 1 3; "
            + "branch3x3_2b 384 384 3 1; branch3x3dbl_1 448 I 1 1; branch3x3dbl_2 384 448 3 3; "
            + "branch3x3dbl_3a 384 384 1 3; branch3x3dbl_3b 384 384 3 1; branch_pool 192 I 1 1";
    private static final String STEM = "Conv2d_1a_3x3 32 3 3 3; Conv2d_2a_3x3 32 32 3 3; Conv2d_2b_3x3 64 32 3 3; "
            + "Conv2d_3b_1x1 80 64 1 1; Conv2d_4a_3x3 192 80 3 3";

    private static final List<String> SECOND = List.of("Mixed_6b", "Mixed_6c", SPATIAL, "Mixed_6e");
    private static final int SIZE = 299;
    private static final int DIMENSIONS = 2048;
    private static final int OUTPUTS = 1008;
    private static final int CHUNK = 16;
    private static final double NORM_EPSILON = 1e-3;

    private static final List<String> CLASSES =
            IntStream.range(0, OUTPUTS).mapToObj(Integer::toString).toList();

    /** What is done to pictures before the first layer. */
    public enum Input {
        /** As pytorch-fid does. */
        PYTORCH_FID("", "299 x 299, bilinear without antialiasing, [-1, 1]"),
        /** As the graph of 2015 does itself, which guided-diffusion's evaluator runs. */
        TENSORFLOW("-tensorflow", "299 x 299, bilinear of TensorFlow 1 (pixels at their corners), (v - 128) / 128");

        private final String suffix;
        private final String words;

        Input(String suffix, String words) {
            this.suffix = suffix;
            this.words = words;
        }
    }

    private final Input input;

    private InceptionV3(FrozenWeights weights, Input input) {
        super(new Identity(NAME + input.suffix, 3, DIMENSIONS, "fc", CLASSES), weights);
        this.input = input;
    }

    /**
     * The network with {@code weights}, which are copied: those of {@code pt_inception-2015-12-05-6726825d.pth}.
     *
     * @throws IllegalArgumentException if one is missing, unknown or of another shape
     */
    public static InceptionV3 of(Map<String, Tensor> weights) {
        return of(weights, Input.PYTORCH_FID);
    }

    /** The same network with another input. */
    public static InceptionV3 of(Map<String, Tensor> weights, Input input) {
        FrozenWeights frozen = new FrozenWeights(NAME, weights, shapes());
        frozen.foldNorms("conv", "bn", NORM_EPSILON);
        frozen.lay(Layout.CHANNELS_LAST);
        return new InceptionV3(frozen, input);
    }

    /** The names of all weights and their shapes. */
    static Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        layers(shapes, "", 0, STEM);
        inceptionA(shapes, "Mixed_5b", 192, 32);
        inceptionA(shapes, "Mixed_5c", 256, 64);
        inceptionA(shapes, "Mixed_5d", 288, 64);
        layers(shapes, "Mixed_6a", 0, B);
        layers(shapes, "Mixed_6b", 128, C);
        layers(shapes, "Mixed_6c", 160, C);
        layers(shapes, "Mixed_6d", 160, C);
        layers(shapes, "Mixed_6e", 192, C);
        layers(shapes, "Mixed_7a", 0, D);
        layers(shapes, "Mixed_7b", 1280, E);
        layers(shapes, "Mixed_7c", DIMENSIONS, E);
        shapes.put("fc.weight", new long[] {OUTPUTS, DIMENSIONS});
        shapes.put("fc.bias", new long[] {OUTPUTS});
        return shapes;
    }

    private static void inceptionA(Map<String, long[]> shapes, String block, int in, int pooled) {
        layer(shapes, block + ".branch1x1", 64, in, 1, 1);
        layer(shapes, block + ".branch5x5_1", 48, in, 1, 1);
        layer(shapes, block + ".branch5x5_2", 64, 48, 5, 5);
        layer(shapes, block + ".branch3x3dbl_1", 64, in, 1, 1);
        layer(shapes, block + ".branch3x3dbl_2", 96, 64, 3, 3);
        layer(shapes, block + ".branch3x3dbl_3", 96, 96, 3, 3);
        layer(shapes, block + ".branch_pool", pooled, in, 1, 1);
    }

    /** Layers of a block as name, outputs, inputs, height and width each; W and I stand for {@code number}. */
    private static void layers(Map<String, long[]> shapes, String block, int number, String table) {
        for (String line : table.split("; ")) {
            String[] words = line.split(" ");
            long[] kernel = Arrays.stream(words)
                    .skip(1)
                    .mapToLong(word -> word.matches("[WI]") ? number : Long.parseLong(word))
                    .toArray();
            layer(shapes, block.isEmpty() ? words[0] : block + "." + words[0], kernel);
        }
    }

    /** A convolution without bias and its normalisation. */
    private static void layer(Map<String, long[]> shapes, String name, long... kernel) {
        shapes.put(name + ".conv.weight", kernel);
        for (String part : List.of("weight", "bias", "running_mean", "running_var"))
            shapes.put(name + ".bn." + part, new long[] {kernel[0]});
    }

    @Override
    Tensor checked(Tensor pixels) {
        boolean grey = pixels.dim() == 4 && pixels.size(1) == 1;
        return super.checked(grey ? pixels.expand(pixels.size(0), 3, pixels.size(2), pixels.size(3)) : pixels);
    }

    /** Whether the input is that of guided-diffusion's evaluator. */
    public boolean isGuided() {
        return input == Input.TENSORFLOW;
    }

    @Override
    public String input() {
        return input.words;
    }

    @Override
    Tensor penultimate(Tensor pixels) {
        return chunked(
                pixels, chunk -> third(second(first(stem(prepare(chunk))))).mean(2, 3)); // (N, 2048)
    }

    @Override
    public int spatialDimensions() {
        return SPATIAL_CHANNELS * SPATIAL_SIDE * SPATIAL_SIDE;
    }

    @Override
    public Seen see(Tensor pixels) {
        Tensor both = Scope.inference(
                () -> chunked(checked(pixels), this::pooledAndSpatial).cpu()); // (N, 2048 + 2023)
        return new Seen(both.narrow(1, 0, DIMENSIONS), both.narrow(1, DIMENSIONS, spatialDimensions()));
    }

    private Tensor pooledAndSpatial(Tensor chunk) {
        Tensor x = first(stem(prepare(chunk))); // (N, 192, 35, 35)
        Tensor before = upTo(SPATIAL, x); // (N, 768, 17, 17)
        Tensor map = point(SPATIAL + ".branch1x1", before).narrow(1, 0, SPATIAL_CHANNELS); // (N, 7, 17, 17)
        Tensor spatial = map.permute(0, 2, 3, 1).reshape(chunk.size(0), -1); // (N, 2023), channels run fastest
        Tensor pooled = third(from(SPATIAL, before)).mean(2, 3); // (N, 2048)
        return Tensors.cat(1, pooled, spatial); // (N, 2048 + 2023)
    }

    private static Tensor chunked(Tensor pixels, UnaryOperator<Tensor> seen) {
        Tensor[] chunks = new Tensor[Math.toIntExact((pixels.size(0) + CHUNK - 1) / CHUNK)];
        for (int i = 0; i < chunks.length; i++) {
            long from = (long) i * CHUNK;
            Tensor chunk = pixels.narrow(0, from, Math.min(CHUNK, pixels.size(0) - from));
            chunks[i] = Scope.tidy(() -> seen.apply(chunk)); // (n, D)
        }
        return Tensors.cat(0, chunks); // (N, D)
    }

    @Override
    Tensor scores(Tensor features) {
        return weights.project("fc", features); // (N, 1008)
    }

    /** uint8 (N, 3, H, W) to fp32 (N, 3, 299, 299) in [-1, 1]. */
    Tensor prepare(Tensor pixels) {
        return Scope.tidy(() -> {
            Tensor values =
                    Layout.CHANNELS_LAST.apply(weights.onDevice(pixels).to(ScalarType.Float)); // (N, 3, H, W) in 0..255
            if (input == Input.TENSORFLOW) {
                Tensor square = Pixels.resizedAtCorners(values, SIZE); // (N, 3, 299, 299)
                return square.sub_(new Scalar(128.0)).div_(new Scalar(128.0)); // (N, 3, 299, 299)
            }
            Tensor square = torch.upsample_bilinear2d(Pixels.unit(values), new long[] {SIZE, SIZE}, false);
            return square.mul_(new Scalar(2.0)).sub_(new Scalar(1.0)); // (N, 3, 299, 299)
        });
    }

    /** Up to the first pooling: (N, 3, 299, 299) to (N, 64, 73, 73). */
    Tensor stem(Tensor image) {
        return Scope.tidy(() -> {
            Tensor x = layer("Conv2d_1a_3x3", image, Window.valid(2)); // (N, 32, 149, 149)
            x = layer("Conv2d_2a_3x3", x, Window.valid(1)); // (N, 32, 147, 147)
            x = layer("Conv2d_2b_3x3", x, Window.same(3, 3)); // (N, 64, 147, 147)
            return FrozenWeights.halve(x); // (N, 64, 73, 73)
        });
    }

    /** Up to the second pooling: (N, 64, 73, 73) to (N, 192, 35, 35). */
    Tensor first(Tensor stem) {
        return Scope.tidy(() -> {
            Tensor x = layer("Conv2d_3b_1x1", stem, Window.valid(1)); // (N, 80, 73, 73)
            x = layer("Conv2d_4a_3x3", x, Window.valid(1)); // (N, 192, 71, 71)
            return FrozenWeights.halve(x); // (N, 192, 35, 35)
        });
    }

    /** Up to the auxiliary classifier: (N, 192, 35, 35) to (N, 768, 17, 17). */
    Tensor second(Tensor first) {
        return Scope.tidy(() -> from(SPATIAL, upTo(SPATIAL, first))); // (N, 768, 17, 17)
    }

    /** Up to a block of the second part: (N, 192, 35, 35) to (N, 768, 17, 17). */
    private Tensor upTo(String end, Tensor first) {
        return Scope.tidy(() -> {
            Tensor x = inceptionA("Mixed_5b", first); // (N, 256, 35, 35)
            x = inceptionA("Mixed_5c", x); // (N, 288, 35, 35)
            x = inceptionA("Mixed_5d", x); // (N, 288, 35, 35)
            x = inceptionB(x); // (N, 768, 17, 17)
            for (String block : SECOND.subList(0, SECOND.indexOf(end))) x = inceptionC(block, x); // (N, 768, 17, 17)
            return x;
        });
    }

    private Tensor from(String begin, Tensor map) {
        Tensor x = map; // (N, 768, 17, 17)
        for (String block : SECOND.subList(SECOND.indexOf(begin), SECOND.size())) x = inceptionC(block, x);
        return x; // (N, 768, 17, 17)
    }

    /** Up to the last map: (N, 768, 17, 17) to (N, 2048, 8, 8). */
    Tensor third(Tensor second) {
        return Scope.tidy(() -> {
            Tensor x = inceptionD(second); // (N, 1280, 8, 8)
            x = inceptionE("Mixed_7b", x, FrozenWeights.meanOfThree(x)); // (N, 2048, 8, 8)
            return inceptionE("Mixed_7c", x, FrozenWeights.maximumOfThree(x)); // (N, 2048, 8, 8)
        });
    }

    private Tensor inceptionA(String block, Tensor x) {
        return Scope.tidy(() -> {
            Tensor one = point(block + ".branch1x1", x); // (N, 64, 35, 35)
            Tensor five = point(block + ".branch5x5_1", x); // (N, 48, 35, 35)
            five = layer(block + ".branch5x5_2", five, Window.same(5, 5)); // (N, 64, 35, 35)
            Tensor three = point(block + ".branch3x3dbl_1", x); // (N, 64, 35, 35)
            three = layer(block + ".branch3x3dbl_2", three, Window.same(3, 3)); // (N, 96, 35, 35)
            three = layer(block + ".branch3x3dbl_3", three, Window.same(3, 3)); // (N, 96, 35, 35)
            Tensor pooled = point(block + ".branch_pool", FrozenWeights.meanOfThree(x)); // (N, P, 35, 35)
            return Tensors.cat(1, one, five, three, pooled); // (N, 224 + P, 35, 35)
        });
    }

    private Tensor inceptionB(Tensor x) {
        return Scope.tidy(() -> {
            Tensor three = layer("Mixed_6a.branch3x3", x, Window.valid(2)); // (N, 384, 17, 17)
            Tensor twice = point("Mixed_6a.branch3x3dbl_1", x); // (N, 64, 35, 35)
            twice = layer("Mixed_6a.branch3x3dbl_2", twice, Window.same(3, 3)); // (N, 96, 35, 35)
            twice = layer("Mixed_6a.branch3x3dbl_3", twice, Window.valid(2)); // (N, 96, 17, 17)
            return Tensors.cat(1, three, twice, FrozenWeights.halve(x)); // (N, 768, 17, 17)
        });
    }

    private Tensor inceptionC(String block, Tensor x) {
        return Scope.tidy(() -> {
            Tensor one = point(block + ".branch1x1", x); // (N, 192, 17, 17)
            Tensor seven = point(block + ".branch7x7_1", x); // (N, W, 17, 17)
            seven = layer(block + ".branch7x7_2", seven, Window.same(1, 7)); // (N, W, 17, 17)
            seven = layer(block + ".branch7x7_3", seven, Window.same(7, 1)); // (N, 192, 17, 17)
            Tensor twice = point(block + ".branch7x7dbl_1", x); // (N, W, 17, 17)
            twice = layer(block + ".branch7x7dbl_2", twice, Window.same(7, 1)); // (N, W, 17, 17)
            twice = layer(block + ".branch7x7dbl_3", twice, Window.same(1, 7)); // (N, W, 17, 17)
            twice = layer(block + ".branch7x7dbl_4", twice, Window.same(7, 1)); // (N, W, 17, 17)
            twice = layer(block + ".branch7x7dbl_5", twice, Window.same(1, 7)); // (N, 192, 17, 17)
            Tensor pooled = point(block + ".branch_pool", FrozenWeights.meanOfThree(x)); // (N, 192, 17, 17)
            return Tensors.cat(1, one, seven, twice, pooled); // (N, 768, 17, 17)
        });
    }

    private Tensor inceptionD(Tensor x) {
        return Scope.tidy(() -> {
            Tensor three = point("Mixed_7a.branch3x3_1", x); // (N, 192, 17, 17)
            three = layer("Mixed_7a.branch3x3_2", three, Window.valid(2)); // (N, 320, 8, 8)
            Tensor seven = point("Mixed_7a.branch7x7x3_1", x); // (N, 192, 17, 17)
            seven = layer("Mixed_7a.branch7x7x3_2", seven, Window.same(1, 7)); // (N, 192, 17, 17)
            seven = layer("Mixed_7a.branch7x7x3_3", seven, Window.same(7, 1)); // (N, 192, 17, 17)
            seven = layer("Mixed_7a.branch7x7x3_4", seven, Window.valid(2)); // (N, 192, 8, 8)
            return Tensors.cat(1, three, seven, FrozenWeights.halve(x)); // (N, 1280, 8, 8)
        });
    }

    private Tensor inceptionE(String block, Tensor x, Tensor pool) {
        return Scope.tidy(() -> {
            Tensor one = point(block + ".branch1x1", x); // (N, 320, 8, 8)
            Tensor three = point(block + ".branch3x3_1", x); // (N, 384, 8, 8)
            three = cross(block + ".branch3x3_2", three); // (N, 768, 8, 8)
            Tensor twice = point(block + ".branch3x3dbl_1", x); // (N, 448, 8, 8)
            twice = layer(block + ".branch3x3dbl_2", twice, Window.same(3, 3)); // (N, 384, 8, 8)
            twice = cross(block + ".branch3x3dbl_3", twice); // (N, 768, 8, 8)
            Tensor pooled = point(block + ".branch_pool", pool); // (N, 192, 8, 8)
            return Tensors.cat(1, one, three, twice, pooled); // (N, 2048, 8, 8)
        });
    }

    /** A row and a column of three side by side: (N, C, H, W) to (N, 2 C, H, W). */
    private Tensor cross(String name, Tensor x) {
        return Tensors.cat(1, layer(name + "a", x, Window.same(1, 3)), layer(name + "b", x, Window.same(3, 1)));
    }

    private Tensor point(String name, Tensor x) {
        return layer(name, x, Window.valid(1)); // (N, C', H, W)
    }

    private Tensor layer(String name, Tensor x, Window window) {
        return Scope.tidy(() -> weights.convolve(name, x, window).relu_()); // (N, C', H', W')
    }
}
