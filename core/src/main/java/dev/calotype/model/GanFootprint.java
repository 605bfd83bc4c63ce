package dev.calotype.model;

import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.tensor.Precision;

/**
 * How much memory a step of a generator and a discriminator takes, counted without building them. Which results a layer
 * keeps for its backward pass is listed where it is counted.
 */
public final class GanFootprint {
    /**
     * One of the two.
     *
     * @param kept elements per image kept for the backward pass
     * @param widest elements per image of its largest result
     */
    private record Player(long weights, long kept, long widest) {
        static final Player NOTHING = new Player(0, 0, 0);

        Player then(long moreWeights, long moreKept, long result) {
            return new Player(weights + moreWeights, kept + moreKept, Math.max(widest, result));
        }

        /** Elements of a forward and backward pass for {@code images} images, of which {@code graphs} stay. */
        long passing(long images, int graphs) {
            return images * (graphs * kept + RESULTS_IN_USE * widest) + weights;
        }
    }

    private static final int RESULTS_IN_USE = 4; // tensors as large as the largest that a backward pass handles at once
    private static final int IMAGES_IN_USE = 6; // fp32: real, generated, augmented, and their gradients
    /** What the gradient of a gradient keeps, in graphs of the forward pass: that one, the backward pass and its own. */
    private static final int SECOND_ORDER = 3;

    private final Player generator;
    private final Player discriminator;
    private final long settled; // elements per image
    private final long image; // elements
    private final int bytes; // of an element

    private GanFootprint(Player generator, Player discriminator, long settled, long image, Precision precision) {
        this.generator = generator;
        this.discriminator = discriminator;
        this.settled = settled;
        this.image = image;
        bytes = precision.bytes();
    }

    /** Of {@link DcganGenerator} and {@link DcganDiscriminator}. */
    public static GanFootprint dcgan(
            DcganGenerator.Config generator,
            DcganDiscriminator.Config discriminator,
            DcganGenerator.Ports ports,
            Precision precision) {
        long image = (long) ports.channels() * ports.size() * ports.size();
        Player painter = painter(generator, ports, image);
        long settled = 2 * painter.widest; // a level's parts, and all of them joined
        return new GanFootprint(painter, critic(discriminator, ports), settled, image, precision);
    }

    private static Player painter(DcganGenerator.Config config, DcganGenerator.Ports ports, long image) {
        Player all = Player.NOTHING;
        long in = config.latent() + ports.classes();
        long out = (long) config.width() * ports.size() / 8;
        for (int level = 0, side = 4; level < ports.levels(); level++, side *= 2) {
            long result = out * side * side;
            all = all.then(16 * in * out + 2 * out, 3 * result, result); // what norm, activation, next kernel get
            in = out;
            out /= 2;
        }
        return all.then(16 * in * ports.channels(), 3 * image, image); // the kernel's, and fp32 by tanh
    }

    private static Player critic(DcganDiscriminator.Config config, DcganGenerator.Ports ports) {
        long side = ports.size(), in = ports.channels(), out = config.width();
        Player all = Player.NOTHING.then(0, in * side * side, in * side * side);
        for (int level = 0; level < ports.levels(); level++) {
            side /= 2;
            boolean normal = config.normalization() == Normalization.BATCH && level > 0;
            long result = out * side * side;
            all = all.then(16 * in * out + (normal ? 2 * out : 0), (normal ? 3 : 2) * result, result);
            in = out;
            out *= 2;
        }
        return all.then(16 * in + ports.classes() * in, 0, 0);
    }

    /** Of {@link StyleGan2Generator} and {@link StyleGan2Discriminator}. */
    public static GanFootprint styleGan2(StyleGan2Config config, Precision precision) {
        long image = (long) config.channels() * config.size() * config.size();
        return new GanFootprint(painter(config), critic(config), 0, image, precision);
    }

    private static Player painter(StyleGan2Config config) {
        long style = config.style();
        long mapping = (config.latent() + 1) * style + (config.mapping() - 1) * (style + 1) * style;
        Player all = Player.NOTHING.then(mapping + 16L * config.width(4), 2 * config.mapping() * style, style);
        for (int side : config.sides().toArray()) {
            long pixels = (long) side * side, out = config.width(side), result = out * pixels;
            if (side > 4) {
                long in = config.width(side / 2);
                // what the style and the kernel get; the filter, demodulation and the activation
                all = all.then(styled(in, out, style), 2 * in * pixels / 4 + 3 * result, result);
            }
            all = all.then(styled(out, out, style), 4 * result, result); // as above without a filter
            long image = config.channels() * pixels;
            long colour = out * config.channels() + (style + 1) * out + config.channels();
            all = all.then(colour, 2 * result + 2 * image, image); // what the style and the kernel get; fp32 sums
        }
        return all;
    }

    /** The weights of a kernel of 3 x 3, of its style, its bias and the strength of its noise. */
    private static long styled(long in, long out, long style) {
        return 9 * in * out + (style + 1) * in + out + 1;
    }

    private static Player critic(StyleGan2Config config) {
        long size = config.size(), first = config.width(config.size());
        Player all = Player.NOTHING.then(
                (config.channels() + 1) * first, (config.channels() + first) * size * size, first * size * size);
        for (int side = config.size(); side > 4; side /= 2) {
            long in = config.width(side), out = config.width(side / 2), pixels = (long) side * side;
            long weights = 9 * in * in + in + 9 * in * out + out + in * out;
            // the kernel's and the activation's, the filter's, the strided kernel's, twice; the last activation's
            all = all.then(weights, 6 * in * pixels + out * pixels / 4, in * pixels);
        }
        long width = config.width(4);
        long last = 9 * (width + 1) * width + width + (16 * width + 1) * width + width + 1;
        return all.then(last, 4 * 16 * width, 16 * width);
    }

    /** The number of weights of the generator. */
    public long generatorWeights() {
        return generator.weights;
    }

    /** The number of weights of the discriminator. */
    public long discriminatorWeights() {
        return discriminator.weights;
    }

    /** The most bytes that judging {@code images} real and as many generated images takes at once, with gradients. */
    public long judging(int images) {
        return bytes * discriminator.passing(images, 2) + pictures(images);
    }

    /** The most bytes that a generator's step of {@code images} images takes at once. */
    public long generating(int images) {
        return bytes * (generator.passing(images, 1) + images * discriminator.kept) + pictures(images);
    }

    /** The most bytes that a penalty on the discriminator's slopes at {@code images} images takes at once. */
    public long slopes(int images) {
        return bytes * discriminator.passing(images, SECOND_ORDER) + pictures(images);
    }

    /** The most bytes that a penalty on the generator's path lengths takes at once for {@code images} images. */
    public long paths(int images) {
        return bytes * generator.passing(images, SECOND_ORDER) + pictures(images);
    }

    /** The most bytes that drawing {@code images} images takes at once. */
    public long drawing(int images) {
        return bytes * images * RESULTS_IN_USE * generator.widest + pictures(images);
    }

    /** The most bytes that {@link GeneratorNetwork#settle} takes at once for {@code images} images. */
    public long settling(int images) {
        return bytes * images * settled;
    }

    private long pictures(long images) {
        return 4 * IMAGES_IN_USE * images * image;
    }
}
