package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.restore.DipThenDiffusion;
import dev.calotype.restore.ErrorEstimate;
import dev.calotype.restore.Observation;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Diffusion started from a deep image prior as people write it.
 *
 * @param start what diffusion begins with
 * @param fit without a jury
 * @param share of the budget for what it begins with, in (0, 1)
 * @param margin noise added, over the error of the estimate
 * @param error how the error is found
 * @param heldOut the share of pixels for {@link Error#HELD_OUT}
 * @param given the error for {@link Error#GIVEN}, in units of 0..255
 */
record UnionSettings(
        Start start,
        DipSettings fit,
        double share,
        double margin,
        Error error,
        double heldOut,
        double given,
        DiffusionSettings diffusion)
        implements MethodSettings {
    private static final MethodSettings DENOISER = Methods.usual("denoiser");

    UnionSettings {
        if (!fit.jury().isEmpty())
            throw new IllegalArgumentException(
                    "fit.jury must be left out: what it would answer with is not what diffusion makes of it");
    }

    /** What makes the first estimate. */
    enum Start {
        FIT,
        /** The denoiser, without a fit. */
        ESTIMATE
    }

    /** Where the level at which the process begins comes from. */
    enum Error {
        HELD_OUT,
        DISAGREEMENT,
        GIVEN
    }

    @Override
    public DipThenDiffusion restorer(Equipment equipment, Observation observation) throws IOException {
        ErrorEstimate estimate =
                switch (error) {
                    case HELD_OUT -> new ErrorEstimate.HeldOut(heldOut);
                    case DISAGREEMENT -> new ErrorEstimate.Disagreement();
                    case GIVEN -> new ErrorEstimate.Given(given / Images.LEVELS);
                };
        return new DipThenDiffusion(
                start == Start.FIT ? fit.restorer(equipment, observation) : DENOISER.restorer(equipment, observation),
                estimate,
                share,
                margin,
                diffusion.restorer(equipment, observation));
    }

    @Override
    public Set<Want> wants() {
        Set<Want> all = new HashSet<>(start == Start.FIT ? fit.wants() : DENOISER.wants());
        all.addAll(diffusion.wants());
        return all;
    }
}
