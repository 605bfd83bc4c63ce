package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.restore.DiffPir;
import dev.calotype.restore.DnCnnDenoiser;
import dev.calotype.restore.FeasibleSet;
import dev.calotype.restore.LearnedDenoiser;
import dev.calotype.restore.LearnedFilling;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PlugAndPlay;
import dev.calotype.restore.PseudoInverse;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.SlidingDct;
import dev.calotype.restore.TotalVariation;
import dev.calotype.restore.Unchanged;
import dev.calotype.restore.WithCosines;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Methods without a fit of their own. */
final class Baselines {
    private Baselines() {}

    /** What answers in seconds. */
    interface Quick extends MethodSettings {
        @Override
        default long pixelsAtOnce() {
            return LIGHT;
        }

        @Override
        default Effort effort() {
            return Effort.QUICK;
        }
    }

    /** What is best with what there is: {@link Choosing} where a picture is restored; in a study, by the equipment alone. */
    record Auto() implements MethodSettings {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            return Methods.named(kind(equipment), List.of()).restorer(equipment, observation);
        }

        static String kind(Equipment equipment) {
            return equipment.hasPrior() ? "dip+ddpm" : equipment.hasDnCnn() ? "dncnn" : "dip-ema";
        }

        @Override
        public Set<Want> wants() {
            return Set.of(Want.PRIOR, Want.DNCNN);
        }
    }

    /** The observation. */
    record AsSeen() implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new Unchanged();
        }
    }

    /** The best linear estimate. */
    record Inverse() implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new PseudoInverse();
        }
    }

    /** Total variation. */
    record Smooth(double strength) implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new TotalVariation(strength, TotalVariation.USUAL.iterations());
        }
    }

    /**
     * Sliding cosine transforms, by themselves or in the place of a prior.
     *
     * @param threshold as a multiple of sigma
     * @param rounds of half-quadratic splitting
     * @param last level of the splitting, in units of 0..255
     */
    record Sliding(double threshold, int rounds, double last) implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) {
            return new PlugAndPlay(new SlidingDct(threshold), rounds, last / Images.LEVELS);
        }
    }

    /**
     * The denoiser that comes with the library, by itself or in the place of a prior.
     *
     * @param rounds of half-quadratic splitting
     * @param last level of the splitting, in units of 0..255
     * @param looks at a picture that are averaged, turned and mirrored: 1, 2, 4 or 8
     * @param cosines share of cosine transforms in an answer, times the level of noise in units of 0..255, where noise is not of a
     *     kind that says something for certain, as that of JPEG does; 0 for none
     * @param holes what is done where pixels are missing and the network learned to fill holes
     */
    record Learned(int rounds, double last, int looks, double cosines, Holes holes) implements Quick {
        /**
         * How holes are filled.
         *
         * @param passes of the network before the splitting; 0 for a splitting as elsewhere
         * @param rounds of the splitting after it
         * @param relaxation of its rounds
         * @param last level of it, in units of 0..255
         * @param cosines in it
         */
        record Holes(int passes, int rounds, double relaxation, double last, double cosines) {
            Holes {
                Check.range("holes.passes", passes, 0, 100);
            }
        }

        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            LearnedDenoiser network = new LearnedDenoiser(equipment.denoiser(), looks);
            double level = observation.feasible() == FeasibleSet.ALL ? cosines / Images.LEVELS : 0;
            boolean filling = holes.passes > 0 && observation.operator() instanceof Masking && equipment.fillsHoles();
            if (!filling) return new PlugAndPlay(new WithCosines(network, level), rounds, last / Images.LEVELS);
            return new PlugAndPlay(
                    new WithCosines(network, holes.cosines / Images.LEVELS),
                    new PlugAndPlay.Guess(new LearnedFilling(network, holes.passes), PlugAndPlay.USUAL.level()),
                    holes.rounds,
                    holes.last / Images.LEVELS,
                    holes.relaxation);
        }

        @Override
        public Set<Want> wants() {
            return Set.of(Want.DENOISER);
        }
    }

    /**
     * An image that is drawn with the denoiser that comes with the library as the prior: another one for each seed.
     *
     * @param first level of noise, in units of 0..255
     * @param last level, in the same units
     * @param zeta share of fresh noise
     * @param draws that are averaged
     */
    record Drawn(int steps, double first, double last, double zeta, int draws) implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            LearnedDenoiser prior = new LearnedDenoiser(equipment.denoiser(), 1);
            return new DiffPir(prior, steps, first / Images.LEVELS, last / Images.LEVELS, zeta, draws);
        }

        @Override
        public Set<Want> wants() {
            return Set.of(Want.DENOISER);
        }
    }

    /**
     * A trained denoiser, by itself or in the place of a prior.
     *
     * @param level that it was trained for, in units of 0..255
     * @param rounds of half-quadratic splitting
     */
    record Denoised(double level, int rounds) implements Quick {
        @Override
        public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
            return new PlugAndPlay(new DnCnnDenoiser(equipment.dncnn(), level), rounds);
        }

        @Override
        public Set<Want> wants() {
            return Set.of(Want.DNCNN);
        }
    }
}
