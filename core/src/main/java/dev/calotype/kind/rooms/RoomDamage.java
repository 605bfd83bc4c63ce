package dev.calotype.kind.rooms;

import dev.calotype.judge.Flaw;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Rooms with flaws of random kinds and strengths, among them what networks draw that have learned half: soft shapes under
 * blotches and noise.
 */
final class RoomDamage {
    private static final double SECOND = 0.3; // share of the pictures that have two flaws
    private static final double HALF_LEARNED = 0.15;

    private RoomDamage() {}

    /**
     * @param room (1, 3, S, S) in [-1, 1]
     * @param others (N, 3, S, S), rooms that may be mixed in
     */
    static Flawed of(Tensor room, Tensor others, Rng rng) {
        Flawed whole = Flawed.none(room);
        if (rng.nextDouble() < HALF_LEARNED) return halfLearned(whole, others, rng);
        Flawed one = flawed(whole, rng.nextInt(Flaw.STRANGENESS.ordinal()), others, rng);
        return rng.nextDouble() < SECOND ? flawed(one, rng.nextInt(Flaw.STRANGENESS.ordinal()), others, rng) : one;
    }

    private static Flawed flawed(Flawed of, int flaw, Tensor others, Rng rng) {
        return switch (Flaw.values()[flaw]) {
            case NOISE -> LostDetail.noise(of, rng);
            case BLUR -> LostDetail.blur(of, rng);
            case BLOCKS -> LostDetail.blocks(of, rng);
            case COLOURS -> Rearrangement.colours(of, rng);
            case DISORDER -> Rearrangement.disorder(of, rng);
            default -> Rearrangement.mixture(of, others, rng);
        };
    }

    private static Flawed halfLearned(Flawed whole, Tensor others, Rng rng) {
        int size = (int) whole.picture().size(2);
        double unit = size / 32.0;
        Flawed one = rng.nextDouble() < 0.5 ? Rearrangement.mixture(whole, others, rng) : whole;
        if (rng.nextDouble() < 0.5) one = Rearrangement.disorder(one, rng);
        double sigma = Fields.between(0.6, 6, rng) * unit;
        one = one.with(Fields.blurred(one.picture(), sigma), Flaw.BLUR, LostDetail.blurred(sigma, unit));
        double amplitude = Fields.between(0.03, 0.5, rng);
        Tensor blotches = Fields.noise(3, size, Fields.between(1, 4, rng) * unit, rng);
        Tensor grain = rng.normal(1, 3, size, size);
        double fine = amplitude * rng.nextDouble() * 0.5;
        Tensor spoilt = one.picture().add(Tensors.combine(amplitude, blotches, fine, grain));
        return one.with(Tensors.clip(spoilt), Flaw.NOISE, LostDetail.rising(amplitude + fine, 0.4));
    }
}
