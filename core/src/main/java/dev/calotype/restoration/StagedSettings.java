package dev.calotype.restoration;

import dev.calotype.restore.Observation;
import dev.calotype.restore.StagedDip;
import dev.calotype.restore.StagedDip.Stages;
import java.io.IOException;

/**
 * Deep Image Prior in stages of decreasing noise, as people write it; see {@link StagedDip}.
 *
 * @param stages how many
 * @param inner iterations of a stage
 * @param fit its rule and jury do not count: stages have their own
 */
record StagedSettings(DipSettings fit, int stages, int inner) implements MethodSettings {
    @Override
    public StagedDip restorer(Equipment equipment, Observation observation) throws IOException {
        return new StagedDip(fit.prior(observation, equipment.placement()), Stages.linear(stages, inner));
    }
}
