package dev.calotype.kind.rooms;

import static dev.calotype.kind.rooms.LostDetail.rising;

import dev.calotype.judge.Flaw;
import dev.calotype.restore.ShuffledSquares;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Wrong colours, wrong places and several rooms in one, of random strengths. */
final class Rearrangement {
    private static final int[][] ORDERS = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    private static final double[] LUMA = {0.299, 0.587, 0.114};

    private Rearrangement() {}

    /** How much is wrong with the colours is how far they are from what they were. */
    static Flawed colours(Flawed of, Rng rng) {
        Tensor x = of.picture();
        Tensor other = Tensors.clip(recoloured(x, rng));
        double share = rng.nextDouble() < 0.5 ? 1 : 0.2 + 0.8 * rng.nextDouble();
        Tensor changed = Tensors.combine(1 - share, x, share, other);
        double distance = Scope.read(() -> changed.sub(x).square().mean().sqrt().item_double());
        return of.with(changed, Flaw.COLOURS, rising(Math.max(0, distance - 0.04), 0.25));
    }

    private static Tensor recoloured(Tensor x, Rng rng) {
        Tensor luma = grey(x); // (1, 1, S, S)
        switch (rng.nextInt(8)) {
            case 0, 1:
                return x.index_select(1, Tensors.of(ORDERS[rng.nextInt(ORDERS.length)]));
            case 2:
                return Tensors.scale(-1, x);
            case 3: {
                double[] signs = {1, 1, 1};
                signs[rng.nextInt(3)] = -1;
                return x.mul(Tensors.of(signs).reshape(1, 3, 1, 1));
            }
            case 4: {
                double saturation = rng.nextDouble() < 0.5 ? 0.3 * rng.nextDouble() : 2 + 3 * rng.nextDouble();
                return Tensors.combine(saturation, x, 1 - saturation, luma);
            }
            case 5: {
                double shift = (rng.nextDouble() < 0.5 ? -1 : 1) * Fields.between(0.25, 1.2, rng);
                return x.add(new Scalar(shift));
            }
            case 6: {
                double contrast = rng.nextDouble() < 0.6 ? 0.6 * rng.nextDouble() : 1.6 + 3 * rng.nextDouble();
                return Tensors.combine(contrast, x, 1 - contrast, x.mean().expand(x.size(0), 3, x.size(2), x.size(3)));
            }
            default:
                return turned(x, luma, 0.6 + 5 * rng.nextDouble());
        }
    }

    private static Tensor grey(Tensor x) {
        return x.mul(Tensors.of(LUMA).reshape(1, 3, 1, 1)).sum(new long[] {1}, true, null);
    }

    /** The hue turned round the grey axis. */
    private static Tensor turned(Tensor x, Tensor luma, double angle) {
        Tensor chroma = x.sub(luma);
        Tensor next = chroma.index_select(1, Tensors.of(1, 2, 0));
        Tensor last = chroma.index_select(1, Tensors.of(2, 0, 1));
        Tensor across = Tensors.scale(Math.sin(angle) / Math.sqrt(3), next.sub(last));
        return luma.add(Tensors.scale(Math.cos(angle), chroma)).add(across);
    }

    static Flawed disorder(Flawed of, Rng rng) {
        Tensor x = of.picture();
        int size = (int) x.size(2);
        double unit = size / 32.0;
        double way = rng.nextDouble();
        if (way < 0.4) {
            int side = unit > 1 ? 2 << rng.nextInt(4) : 1 << rng.nextInt(5);
            double share = rng.nextDouble() < 0.3 ? 1 : Fields.between(0.03, 1, rng);
            return of.with(new ShuffledSquares(side, share).apply(x, rng), Flaw.DISORDER, Math.sqrt(share));
        }
        if (way < 0.5) {
            double reach = Fields.between(0.5, 6, rng) * unit;
            Tensor shift = Tensors.scale(reach, rng.normal(1, 2, size, size));
            return of.with(Fields.displaced(x, shift, true), Flaw.DISORDER, rising(reach, 1.5 * unit));
        }
        if (way < 0.75) {
            double reach = Fields.between(0.4, 6, rng) * unit;
            Tensor shift = Tensors.scale(reach, Fields.noise(2, size, Fields.between(1.5, 5, rng) * unit, rng));
            return of.with(Fields.displaced(x, shift, false), Flaw.DISORDER, rising(reach, 2 * unit));
        }
        if (way < 0.85) {
            int shift = (int) (unit * (3 + rng.nextInt(26)));
            int dimension = 2 + rng.nextInt(2);
            double nearer = Math.min(shift, size - shift) / unit;
            return of.with(torch.roll(x, new long[] {shift}, dimension), Flaw.DISORDER, rising(nearer, 4));
        }
        Tensor wrong = rng.nextDouble() < 0.5 ? torch.flip(x, 2) : torch.rot90(x, rng.nextDouble() < 0.5 ? 1 : 3, 2, 3);
        return of.with(wrong, Flaw.DISORDER, 1);
    }

    /** @param others (N, 3, S, S), N at least 1 */
    static Flawed mixture(Flawed of, Tensor others, Rng rng) {
        Tensor x = of.picture();
        int size = (int) x.size(2);
        Tensor other = others.narrow(0, rng.nextInt((int) others.size(0)), 1);
        double way = rng.nextDouble();
        if (way < 0.35) {
            double share = 0.04 + 0.46 * rng.nextDouble();
            return of.with(Tensors.combine(1 - share, x, share, other), Flaw.MIXTURE, 2 * share);
        }
        if (way < 0.45) {
            Tensor mean = Tensors.combine(
                    0.4,
                    others.mean(new long[] {0}, true, null),
                    0.6,
                    other.sub(x).mul(new Scalar(0.5)).add(x));
            return of.with(mean, Flaw.MIXTURE, 1).unsure(Flaw.BLUR);
        }
        if (way < 0.7) {
            int dimension = 2 + rng.nextInt(2);
            int cut = (int) (size * (0.06 + 0.88 * rng.nextDouble()));
            Tensor joined =
                    Tensors.cat(dimension, x.narrow(dimension, 0, cut), other.narrow(dimension, cut, size - cut));
            return of.with(joined, Flaw.MIXTURE, mixed(Math.min(cut, size - cut) / (double) size));
        }
        Tensor mask = Fields.mask(size, rng);
        double share = Scope.read(() -> mask.mean().item_double());
        Tensor woven = x.add(other.sub(x).mul(mask));
        return of.with(woven, Flaw.MIXTURE, mixed(Math.min(share, 1 - share)));
    }

    private static double mixed(double share) {
        return Math.sqrt(Math.min(1, 2 * share));
    }
}
