package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.restore.DnCnnDenoiser;
import dev.calotype.restore.GaussianDenoiser;
import dev.calotype.restore.GuidedDip;
import dev.calotype.restore.GuidedDip.Guide;
import dev.calotype.restore.Observation;
import dev.calotype.restore.StoppingRule;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Deep Image Prior drawn towards what a trained denoiser holds for a picture, as people write it; see {@link GuidedDip}.
 *
 * @param denoiser the prior or the DnCNN of the equipment
 * @param first noise that the denoiser is given at the start, in units of 0..255
 * @param last the same at the end
 * @param weight of the pull
 * @param every iterations for which a guess is kept
 * @param level that the DnCNN was trained for, in units of 0..255
 */
record GuidedSettings(
        DipSettings fit, Denoiser denoiser, double first, double last, double weight, int every, double level)
        implements MethodSettings {
    /** Who guesses. */
    enum Denoiser {
        PRIOR,
        DNCNN
    }

    @Override
    public GuidedDip restorer(Equipment equipment, Observation observation) throws IOException {
        return new GuidedDip(
                fit.prior(observation, equipment.placement()),
                new Guide(denoiser(equipment, observation), first / Images.LEVELS, last / Images.LEVELS, weight, every),
                fit.rule().rule(observation),
                fit.before(equipment, observation));
    }

    private GaussianDenoiser denoiser(Equipment equipment, Observation observation) throws IOException {
        if (denoiser == Denoiser.PRIOR)
            return GuidedDip.denoiser(equipment.prior((int) observation.image().size(1)));
        return new DnCnnDenoiser(equipment.dncnn(), level);
    }

    @Override
    public Map<String, StoppingRule> jury(Observation observation) {
        return fit.jury(observation);
    }

    @Override
    public Set<Want> wants() {
        Set<Want> all = new HashSet<>(fit.wants());
        all.add(denoiser == Denoiser.PRIOR ? Want.PRIOR : Want.DNCNN);
        return all;
    }
}
