package dev.calotype.model;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network of fixed wavelets, with nothing learned: it belongs to no data set and needs no file. Its 64 features are the
 * layout of light and colour, the energy of Morlet wavelets in four octaves and four directions, and their scattering of
 * second order (Bruna and Mallat 2013, "Invariant Scattering Convolution Networks"): what pictures are like in colours,
 * sharpness, noise, textures and edges, and where these lie. It knows no objects: a face with three eyes is as good to it
 * as one with two. That fixed features order sets of pictures where learned ones fail is from Naeem et al. 2020
 * ("Reliable Fidelity and Diversity Metrics"), who take a random network.
 *
 * <p>Takes grey or RGB pictures in their own size; those below 32 pixels are enlarged, bilinearly.
 */
public final class Scattering implements FeatureNetwork {
    /** The name of the network. */
    public static final String NAME = "scattering";

    private static final int VERSION = 1; // of what is computed from the wavelets
    private static final int LEAST = 32; // pixels a side, of which the fourth octave is 4
    private static final int OCTAVES = 4, DIRECTIONS = 4, RADIUS = 3;
    private static final double DEVIATION = 0.8, FREQUENCY = 0.75 * Math.PI; // of the wavelets, in pixels
    private static final double FLOOR = 0.004; // half a level: energies below are those of rounding
    private static final int[][] PATHS = {{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}}; // octaves of second order
    private static final int LAYOUT = 4, COLOURS = 2; // blocks a side
    private static final int DIMENSIONS = 64;

    /**
     * What a kind of features is shifted by and multiplied with, so that each is about 0 and varies by about 1 over
     * photographs of 32 to 128 pixels: no one outweighs the others.
     */
    private enum Unit {
        LIGHT(0, 2.5),
        COLOUR(0, 10),
        ENERGY(9.5 / 3, 3),
        ENERGY_OF_COLOUR(4.5, 3),
        SPARSITY(-0.2, 10),
        SECOND(1.4, 5),
        PLACE(0, 4);
        private final double shift, scale;

        Unit(double shift, double scale) {
            this.shift = shift;
            this.scale = scale;
        }

        Tensor of(Tensor features) {
            return features.add(new Scalar(shift)).mul(new Scalar(scale));
        }
    }

    private final Tensor wavelets; // (2 directions, 1, 7, 7): real parts, then imaginary ones
    private final Device device;
    private final String hash;

    /** The network on {@code device}. */
    public Scattering(Device device) {
        this.device = device;
        float[] values = morlets();
        int side = 2 * RADIUS + 1;
        wavelets = Scope.keep(() ->
                device.move(Tensors.of(values, 2 * DIRECTIONS, 1, side, side)).clone());
        hash = hash(values);
    }

    /** {@code exp(-|x|^2 / 2 s^2) (exp(i k x) - b)} for each direction, with b so that a flat picture gives 0. */
    private static float[] morlets() {
        int side = 2 * RADIUS + 1, area = side * side;
        float[] values = new float[2 * DIRECTIONS * area];
        for (int d = 0; d < DIRECTIONS; d++) {
            double angle = Math.PI * d / DIRECTIONS, cos = Math.cos(angle), sin = Math.sin(angle);
            double[] weight = new double[area], phase = new double[area];
            double sum = 0, even = 0;
            for (int i = 0; i < area; i++) {
                int x = i % side - RADIUS, y = i / side - RADIUS;
                weight[i] = Math.exp(-(x * x + y * y) / (2 * DEVIATION * DEVIATION));
                phase[i] = FREQUENCY * (x * cos + y * sin);
                sum += weight[i];
                even += weight[i] * Math.cos(phase[i]);
            }
            for (int i = 0; i < area; i++) {
                values[d * area + i] = (float) (weight[i] * (Math.cos(phase[i]) - even / sum) / sum);
                values[(DIRECTIONS + d) * area + i] = (float) (weight[i] * Math.sin(phase[i]) / sum);
            }
        }
        return values;
    }

    private static String hash(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * values.length).putInt(VERSION);
        for (float value : values) bytes.putInt(Math.round(value * 1e6f)); // the same on every machine
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            return HexFormat.of().formatHex(digest).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public int dimensions() {
        return DIMENSIONS;
    }

    @Override
    public String input() {
        return "own size, at least " + LEAST + " x " + LEAST + ", light and opponent colours in [-1, 1]";
    }

    @Override
    public String caution() {
        return "Scattering sees colours, sharpness, noise, textures and where they lie, and no objects: look at the pictures"
                + " too. Its numbers do not compare with those of papers, which are Inception's.";
    }

    @Override
    public boolean small() {
        return true;
    }

    @Override
    public Tensor features(Tensor pixels) {
        int channels = pixels.dim() == 4 && pixels.size(1) == 1 ? 1 : 3;
        Pixels.require(NAME, pixels, channels);
        return Scope.inference(() -> {
            Tensor x = enlarged(opponent(device.move(pixels))); // (N, 3, H, W)
            List<Tensor> light = octaves(x.narrow(1, 0, 1));
            List<Tensor> colour = octaves(x.narrow(1, 1, 2));
            List<Tensor> energies = light.stream().map(this::modulus).toList(); // each (N, 4, h, w)
            List<Tensor> features = new ArrayList<>();
            features.add(Unit.LIGHT.of(layout(x.narrow(1, 0, 1), LAYOUT))); // 16
            features.add(Unit.COLOUR.of(layout(x.narrow(1, 1, 2), COLOURS))); // 8
            for (Tensor energy : energies) features.add(Unit.ENERGY.of(log(mean(energy)))); // 16
            for (int j = 0; j < 3; j++)
                features.add(Unit.ENERGY_OF_COLOUR.of(log(mean(directionless(modulus(colour.get(j)), 2))))); // 6
            for (Tensor energy : energies) features.add(Unit.SPARSITY.of(sparsity(energy))); // 4
            for (int[] path : PATHS) features.add(Unit.SECOND.of(second(energies, path[0], path[1]))); // 10
            features.add(Unit.PLACE.of(place(energies.get(1)))); // 4
            return Tensors.cat(1, features.toArray(Tensor[]::new)).cpu(); // (N, 64)
        });
    }

    /** Light, red against blue, and green against both: (N, 3, H, W) of (N, C, H, W), uint8. */
    private static Tensor opponent(Tensor pixels) {
        Tensor x = Pixels.unit(pixels.to(ScalarType.Float)).mul(new Scalar(2.0)).sub(new Scalar(1.0));
        if (x.size(1) == 1) return Tensors.cat(1, x, x.mul(new Scalar(0.0)), x.mul(new Scalar(0.0)));
        Tensor r = x.narrow(1, 0, 1), g = x.narrow(1, 1, 1), b = x.narrow(1, 2, 1);
        return Tensors.cat(
                1,
                Tensors.scale(1.0 / 3, r.add(g).add(b)),
                Tensors.combine(0.5, r, -0.5, b),
                Tensors.combine(0.5, g, -0.25, r.add(b)));
    }

    private static Tensor enlarged(Tensor x) {
        long height = x.size(2), width = x.size(3), least = Math.min(height, width);
        if (least >= LEAST) return x;
        return Kernels.upsampleBilinear(x, height * LEAST / least, width * LEAST / least);
    }

    /** The picture and its halves: each (N, C, H / 2^j, W / 2^j). */
    private static List<Tensor> octaves(Tensor x) {
        List<Tensor> all = new ArrayList<>(List.of(x));
        for (int j = 1; j < OCTAVES; j++) all.add(halved(all.get(j - 1), 1));
        return all;
    }

    private static Tensor halved(Tensor x, int times) {
        return torch.avg_pool2d(x, 1L << times, 1L << times);
    }

    /** The modulus of the wavelets on each plane: (N, C, H, W) to (N, C directions, H, W). */
    private Tensor modulus(Tensor x) {
        long n = x.size(0), channels = x.size(1), height = x.size(2), width = x.size(3);
        Tensor planes = x.reshape(n * channels, 1, height, width);
        Tensor parts = torch.conv2d(torch.replication_pad2d(planes, RADIUS, RADIUS, RADIUS, RADIUS), wavelets);
        Tensor real = parts.narrow(1, 0, DIRECTIONS), imaginary = parts.narrow(1, DIRECTIONS, DIRECTIONS);
        return real.square().add(imaginary.square()).sqrt().reshape(n, channels * DIRECTIONS, height, width);
    }

    /** The mean over the directions of each of {@code planes}. */
    private static Tensor directionless(Tensor energy, int planes) {
        return energy.reshape(energy.size(0), planes, DIRECTIONS, energy.size(2), energy.size(3))
                .mean(2);
    }

    private static Tensor mean(Tensor energy) {
        return energy.flatten(2, -1).mean(2); // (N, C)
    }

    private static Tensor log(Tensor energy) {
        return energy.add(new Scalar(FLOOR)).log();
    }

    private static Tensor layout(Tensor x, int blocks) {
        return torch.adaptive_avg_pool2d(x, blocks, blocks).flatten(1, -1);
    }

    /** How much of an energy is in few places: the logarithm of its root mean square over its mean. */
    private static Tensor sparsity(Tensor energy) {
        Tensor all = directionless(energy, 1);
        return log(mean(all.square()).sqrt()).sub(log(mean(all))); // (N, 1)
    }

    /** How the energy of one octave varies in a coarser one, along its own direction and across it, as shares of it. */
    private Tensor second(List<Tensor> energies, int fine, int coarse) {
        Tensor energy = halved(energies.get(fine), coarse - fine); // (N, 4, h, w)
        long n = energy.size(0);
        Tensor again = mean(modulus(energy)).reshape(n, DIRECTIONS, DIRECTIONS); // (N, first, second)
        Tensor along = again.diagonal(0, 1, 2).mean(1).unsqueeze(1);
        Tensor all = again.flatten(1, -1).mean(1).unsqueeze(1);
        Tensor across = Tensors.combine(4.0 / 3, all, -1.0 / 3, along);
        Tensor whole = log(mean(energy).mean(1).unsqueeze(1));
        return Tensors.cat(1, log(along).sub(whole), log(across).sub(whole)); // (N, 2)
    }

    /** Where the energy lies: each quarter of the picture against all. */
    private static Tensor place(Tensor energy) {
        Tensor all = directionless(energy, 1); // (N, 1, h, w)
        Tensor quarters = log(torch.adaptive_avg_pool2d(all, 2, 2)).flatten(1, -1); // (N, 4)
        return quarters.sub(log(mean(all)));
    }

    @Override
    public void close() {
        wavelets.close();
    }
}
