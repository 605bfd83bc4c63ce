package dev.calotype.restoration;

import dev.calotype.restore.DiffusionRestoration;
import dev.calotype.restore.DiffusionRestoration.Consistency;
import dev.calotype.restore.Observation;
import java.io.IOException;
import java.util.Set;

/** A restoration by a diffusion prior as people write it; see {@link DiffusionRestoration}. */
record DiffusionSettings(int steps, double eta, int repeats, int samples, Consistency consistency)
        implements MethodSettings {
    @Override
    public DiffusionRestoration restorer(Equipment equipment, Observation observation) throws IOException {
        int channels = (int) observation.image().size(1);
        return new DiffusionRestoration(equipment.prior(channels), steps, eta, repeats, samples, consistency);
    }

    @Override
    public Set<Want> wants() {
        return Set.of(Want.PRIOR);
    }

    /** Tiles are its own. */
    @Override
    public long pixelsAtOnce() {
        return LIGHT;
    }
}
