package dev.calotype.kind.rooms;

import dev.calotype.judge.Flaw;
import dev.calotype.restore.ShuffledSquares;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Pictures that show no room: noise of all kinds, plain and patterned ones, shapes, and what is left of rooms that were ground up. */
final class StrangePictures {
    private static final int KINDS = 10;

    private final int size;
    private final Rng rng;
    private final Tensor rooms;

    /** @param rooms (N, 3, S, S), some of whose parts may appear */
    StrangePictures(Tensor rooms, Rng rng) {
        this.rooms = rooms;
        this.rng = rng;
        size = (int) rooms.size(2);
    }

    Flawed next() {
        int kind = rng.nextInt(KINDS);
        Tensor picture = picture(kind);
        boolean mixed = rng.nextDouble() < 0.3;
        if (mixed) {
            Tensor mask = rng.nextDouble() < 0.7 ? Fields.mask(size, rng) : Tensors.fill(1, rng.nextDouble());
            Tensor other = picture(rng.nextInt(KINDS));
            picture = picture.add(other.sub(picture).mul(mask));
        }
        if (rng.nextDouble() < 0.15) picture = Fields.blurred(picture, Fields.between(0.4, 4, rng));
        double[] flaws = new double[Flaw.values().length];
        Arrays.fill(flaws, Double.NaN);
        if (kind == 0 && !mixed) flaws[Flaw.NOISE.ordinal()] = 1;
        flaws[Flaw.STRANGENESS.ordinal()] = 1;
        return new Flawed(Tensors.clip(picture), flaws);
    }

    private Tensor picture(int kind) {
        return switch (kind) {
            case 0 -> white();
            case 1 -> coloured(Fields.noise(channels(), size, Fields.between(0.7, 10, rng) * size / 32, rng));
            case 2 -> plain();
            case 3 -> plane(gradient());
            case 4 -> shapes(1 + rng.nextInt(10));
            case 5 -> shapes(20 + rng.nextInt(80));
            case 6 -> plane(waves());
            case 7 -> octaves();
            case 8 -> ground();
            default -> zoomed();
        };
    }

    private int channels() {
        return rng.nextDouble() < 0.2 ? 1 : 3;
    }

    private double[] colour() {
        double grey = rng.nextDouble() < 0.15 ? 2 * rng.nextDouble() - 1 : Double.NaN;
        double[] colour = new double[3];
        for (int c = 0; c < 3; c++) colour[c] = Double.isNaN(grey) ? 2 * rng.nextDouble() - 1 : grey;
        return colour;
    }

    /** Of a random mean and deviation. */
    private Tensor coloured(Tensor noise) {
        Tensor mean = Tensors.scale(rng.nextDouble(), Tensors.of(colour())).reshape(1, 3, 1, 1);
        return Tensors.scale(Fields.between(0.15, 1.5, rng), noise).add(mean);
    }

    private Tensor white() {
        double way = rng.nextDouble();
        if (way < 0.3) return Tensors.clip(rng.normal(1, 3, size, size));
        if (way < 0.5) return rng.uniform(1, 3, size, size).mul(new Scalar(2)).sub(new Scalar(1));
        if (way < 0.6)
            return rng.uniform(1, channels(), size, size)
                    .round()
                    .mul(new Scalar(2))
                    .sub(new Scalar(1))
                    .expand(1, 3, size, size);
        return coloured(rng.normal(1, channels(), size, size));
    }

    private Tensor plain() {
        Tensor flat = Tensors.of(colour()).reshape(1, 3, 1, 1).expand(1, 3, size, size);
        if (rng.nextDouble() < 0.5) return flat;
        return flat.add(Tensors.scale(Fields.between(0.005, 0.1, rng), rng.normal(1, 3, size, size)));
    }

    /** Two colours by turns where {@code share} (S S), 0..1, says. */
    private Tensor plane(float[] share) {
        double[] a = colour(), b = colour();
        float[] values = new float[3 * share.length];
        for (int i = 0; i < values.length; i++) {
            int c = i / share.length;
            values[i] = (float) (a[c] + (b[c] - a[c]) * share[i % share.length]);
        }
        return Tensors.of(values, 1, 3, size, size);
    }

    private float[] gradient() {
        double angle = 2 * Math.PI * rng.nextDouble();
        boolean round = rng.nextDouble() < 0.3;
        double dx = Math.cos(angle), dy = Math.sin(angle), x0 = rng.nextDouble(), y0 = rng.nextDouble();
        float[] share = new float[size * size];
        for (int i = 0; i < share.length; i++) {
            double x = (i % size + 0.5) / size, y = (i / size + 0.5) / size;
            double t = round ? Math.hypot(x - x0, y - y0) : 0.5 + ((x - 0.5) * dx + (y - 0.5) * dy) / 1.4;
            share[i] = (float) Math.min(1, Math.max(0, t));
        }
        return share;
    }

    /** Stripes, waves and boards. */
    private float[] waves() {
        double angle = 2 * Math.PI * rng.nextDouble(), period = Fields.between(2, 24, rng) * size / 32;
        double dx = Math.cos(angle), dy = Math.sin(angle), phase = rng.nextDouble();
        boolean crossed = rng.nextDouble() < 0.4, sharp = rng.nextDouble() < 0.5;
        float[] share = new float[size * size];
        for (int i = 0; i < share.length; i++) {
            double x = i % size, y = i / size;
            double s = Math.sin(2 * Math.PI * ((x * dx + y * dy) / period + phase));
            if (crossed) s *= Math.sin(2 * Math.PI * (y * dx - x * dy) / period);
            share[i] = (float) (sharp ? s > 0 ? 1 : 0 : 0.5 + 0.5 * s);
        }
        return share;
    }

    /** Discs and rectangles that cover each other, large ones first. */
    private Tensor shapes(int count) {
        float[] values = Tensors.floats(plane(gradient()).reshape(-1));
        double largest = size * (0.3 + 0.3 * rng.nextDouble());
        for (int k = 0; k < count; k++) {
            double[] colour = colour();
            double radius = Math.max(1, largest * Math.pow(1.0 - k / (double) count, 1.5) * (0.4 + rng.nextDouble()));
            double flat = 0.4 + rng.nextDouble(), x0 = size * rng.nextDouble(), y0 = size * rng.nextDouble();
            boolean disc = rng.nextDouble() < 0.5;
            for (int i = 0; i < size * size; i++) {
                double x = (i % size - x0) / radius, y = (i / size - y0) / radius / flat;
                if (disc ? x * x + y * y < 1 : Math.abs(x) < 1 && Math.abs(y) < 1)
                    for (int c = 0; c < 3; c++) values[c * size * size + i] = (float) colour[c];
            }
        }
        return Tensors.of(values, 1, 3, size, size);
    }

    /** Noise of many scales at once, as clouds have it. */
    private Tensor octaves() {
        int channels = channels();
        Tensor sum = Fields.noise(channels, size, size / 4.0, rng);
        double fall = 0.3 + 0.6 * rng.nextDouble(), weight = 1;
        for (double sigma = size / 8.0; sigma > 0.4; sigma /= 2) {
            weight *= fall;
            sum = sum.add(Tensors.scale(weight, Fields.noise(channels, size, sigma, rng)));
        }
        return coloured(Tensors.scale(0.6, sum));
    }

    private Tensor room() {
        return rooms.narrow(0, rng.nextInt((int) rooms.size(0)), 1);
    }

    /** A room of which only colours or only edges are left. */
    private Tensor ground() {
        Tensor room = room();
        return switch (rng.nextInt(4)) {
            case 0 -> new ShuffledSquares(1 << rng.nextInt(size > 32 ? 4 : 3), 1).apply(room, rng);
            case 1 -> Fields.blurred(new ShuffledSquares(size / 8, 1).apply(room, rng), Fields.between(1, 4, rng));
            case 2 ->
                Tensors.scale(Fields.between(0.5, 3, rng), room.sub(Fields.blurred(room, Fields.between(0.5, 3, rng))));
            default ->
                Fields.displaced(room, Tensors.scale(size / 3.0, Fields.noise(2, size, size / 10.0, rng)), false);
        };
    }

    /** Next to nothing of a room, or many small ones. */
    private Tensor zoomed() {
        if (rng.nextDouble() < 0.7) return Fields.zoomed(room(), size / (2 + rng.nextInt(5)), rng);
        int times = 2 << rng.nextInt(2);
        Tensor small = Kernels.resizeAntialiased(room(), size / times, size / times);
        return small.repeat(1, 1, times, times);
    }
}
