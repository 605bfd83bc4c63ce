package dev.calotype.restoration;

import dev.calotype.restore.Observation;
import dev.calotype.restore.PriorInput;
import dev.calotype.restore.StagedDip;
import dev.calotype.restore.StagedDip.Stages;
import java.io.IOException;
import java.util.Set;

/**
 * Deep Image Prior in stages of decreasing noise, as people write it; see {@link StagedDip}.
 *
 * @param stages how many
 * @param inner iterations of a stage
 * @param fit without rule and jury of its own, and without input but for an estimate: those of stages are theirs
 */
record StagedSettings(DipSettings fit, int stages, int inner) implements MethodSettings {
    StagedSettings {
        DipSettings usual = (DipSettings) Methods.usual("dip-ema");
        if (fit.input() != PriorInput.Kind.ESTIMATE) requireUsual("input", fit.input(), usual.input());
        requireUsual("rule", fit.rule(), usual.rule());
        requireUsual("jury", fit.jury(), usual.jury());
    }

    private static void requireUsual(String name, Object given, Object usual) {
        if (!given.equals(usual))
            throw new IllegalArgumentException("fit." + name + " must be left out: stages have their own");
    }

    @Override
    public StagedDip restorer(Equipment equipment, Observation observation) throws IOException {
        return new StagedDip(
                fit.prior(observation, equipment.placement()),
                Stages.linear(stages, inner),
                fit.before(equipment, observation));
    }

    @Override
    public Set<Want> wants() {
        return fit.wants();
    }
}
