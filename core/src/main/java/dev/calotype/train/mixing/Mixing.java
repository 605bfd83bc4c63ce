package dev.calotype.train.mixing;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Mixes the pictures of a batch, and what they are, in pairs: Mixup (Zhang et al. 2017) or CutMix (Yun et al. 2019), and smooths labels
 * (Szegedy et al. 2015). Pictures and boxes are torchvision's: each picture is mixed with the one before it that is another, one lambda serves
 * all that are computed at once, and the lambda of CutMix is what the clipped box leaves. (timm mixes with the mirrored batch.)
 *
 * @param mixup alpha of the Beta distribution that Mixup's lambda is drawn from; 0 for no Mixup
 * @param cutmix the same for CutMix; where both are above 0, each batch has one of them, equally often
 * @param probability of a batch being mixed at all, 0..1
 * @param smoothing the share of each label that all classes have in equal parts, 0..1
 */
public record Mixing(double mixup, double cutmix, double probability, double smoothing) {
    /** Nothing is mixed and nothing smoothed. */
    public static final Mixing NONE = new Mixing(0, 0, 1, 0);

    public Mixing {
        require(mixup >= 0 && mixup <= 100, "mixup must be in 0..100", mixup);
        require(cutmix >= 0 && cutmix <= 100, "cutmix must be in 0..100", cutmix);
        require(probability >= 0 && probability <= 1, "probability must be in 0..1", probability);
        require(smoothing >= 0 && smoothing <= 1, "smoothing must be in 0..1", smoothing);
    }

    private static void require(boolean holds, String rule, double value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }

    /** Whether pictures are mixed in pairs, of which at least two must come together. */
    public boolean pairs() {
        return mixup > 0 || cutmix > 0;
    }

    /**
     * Pictures and what share of each class they are.
     *
     * @param images (N, C, H, W)
     * @param shares fp32 (N, K); rows sum to 1
     */
    public record Pairs(Tensor images, Tensor shares) {}

    /** The part of a picture that CutMix replaces, rows {@code top} to {@code bottom - 1}. */
    public record Box(int left, int top, int right, int bottom) {
        /** The box for a lambda around a centre, clipped to the picture. */
        public static Box around(int x, int y, double lambda, int width, int height) {
            double half = 0.5 * Math.sqrt(1 - lambda);
            int w = (int) (half * width), h = (int) (half * height);
            return new Box(Math.max(0, x - w), Math.max(0, y - h), Math.min(width, x + w), Math.min(height, y + h));
        }

        /** The share of the picture that the box leaves. */
        public double lambda(int width, int height) {
            return 1 - (double) (right - left) * (bottom - top) / ((double) width * height);
        }
    }

    /**
     * The mixed batch, in the caller's scope. All pictures of a clip are mixed alike.
     *
     * @param images (N, C, H, W), of clips (N, T, C, H, W)
     * @param labels N indices in 0..classes-1
     * @param repeats how often each picture comes one after the other, where N is at least twice as much
     */
    public Pairs apply(Tensor images, int[] labels, int classes, int repeats, Rng rng) {
        Tensor[] mixed = Scope.tidyAll(() -> {
            Tensor shares = smoothed(labels, classes, Device.of(images)); // (N, K)
            if (!pairs() || rng.nextDouble() >= probability) return new Tensor[] {images, shares};
            Pairs pairs = mix(new Pairs(images.dim() == 5 ? images.flatten(1, 2) : images, shares), repeats, rng);
            return new Tensor[] {pairs.images().reshape(images.sizes()), pairs.shares()};
        });
        return new Pairs(mixed[0], mixed[1]);
    }

    private Pairs mix(Pairs pairs, int repeats, Rng rng) {
        boolean cut = cutmix > 0 && (mixup == 0 || rng.nextLong() < 0);
        double lambda = Beta.symmetric(cut ? cutmix : mixup, rng);
        if (!cut) return blend(pairs, lambda, repeats);
        int height = (int) pairs.images().size(2), width = (int) pairs.images().size(3);
        return paste(pairs, Box.around(rng.nextInt(width), rng.nextInt(height), lambda, width, height), repeats);
    }

    /** The labels as shares of the classes, smoothed: fp32 (N, K). */
    Tensor smoothed(int[] labels, int classes, Device device) {
        float[] shares = new float[labels.length * classes];
        java.util.Arrays.fill(shares, (float) (smoothing / classes));
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes)
                throw new IllegalArgumentException("a label must be one of " + classes + " classes: " + labels[i]);
            shares[i * classes + labels[i]] += (float) (1 - smoothing);
        }
        return device.move(Tensors.of(shares, labels.length, classes));
    }

    /** Mixup by {@code lambda}: each picture and its shares, and 1 - lambda of those of the one before, {@code repeats} rows back. */
    public static Pairs blend(Pairs pairs, double lambda, int repeats) {
        return new Pairs(blend(pairs.images(), lambda, repeats), blend(pairs.shares(), lambda, repeats));
    }

    private static Tensor blend(Tensor x, double lambda, int repeats) {
        return Tensors.scale(lambda, x).add(previous(x, repeats), new Scalar(1 - lambda));
    }

    /** CutMix: the box of each picture is that of the one before, {@code repeats} rows back, and so is its share of the label. */
    public static Pairs paste(Pairs pairs, Box box, int repeats) {
        Tensor images = pairs.images().clone();
        int width = box.right() - box.left(), height = box.bottom() - box.top();
        if (width > 0 && height > 0)
            part(images, box, width, height).copy_(part(previous(pairs.images(), repeats), box, width, height));
        double lambda = box.lambda((int) images.size(3), (int) images.size(2));
        return new Pairs(images, blend(pairs.shares(), lambda, repeats));
    }

    private static Tensor part(Tensor images, Box box, int width, int height) {
        return images.narrow(2, box.top(), height).narrow(3, box.left(), width);
    }

    private static Tensor previous(Tensor x, int repeats) {
        return x.roll(new long[] {repeats}, 0);
    }
}
