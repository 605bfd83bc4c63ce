package dev.calotype.restoration;

import dev.calotype.restore.DnCnnDenoiser;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PlugAndPlay;
import dev.calotype.restore.PseudoInverse;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.TotalVariation;
import dev.calotype.restore.Unchanged;
import java.io.IOException;
import java.util.List;

/** Methods without a fit of their own. */
final class Baselines {
    private Baselines() {}

    /** What is best with what there is. */
    record Auto() implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            String kind = equipment.hasPrior() ? "dip+ddpm" : equipment.hasDnCnn() ? "dncnn" : "dip-ema";
            return Methods.restorer(Methods.named(kind, List.of()), equipment, observation);
        }
    }

    /** The observation. */
    record AsSeen() implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new Unchanged();
        }
    }

    /** The best linear estimate. */
    record Inverse() implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new PseudoInverse();
        }
    }

    /** Total variation. */
    record Smooth(double strength) implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new TotalVariation(strength, TotalVariation.USUAL.iterations());
        }
    }

    /**
     * A denoiser, by itself or in the place of a prior.
     *
     * @param level that it was trained for, in units of 0..255
     * @param rounds of half-quadratic splitting
     */
    record Denoised(double level, int rounds) implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            return new PlugAndPlay(new DnCnnDenoiser(equipment.dncnn(), level), rounds);
        }
    }
}
