package dev.calotype.study;

import dev.calotype.restore.EsEmv;
import dev.calotype.restore.EsWmv;
import dev.calotype.restore.FixedCount;
import dev.calotype.restore.HeldOutPixels;
import dev.calotype.restore.Observation;
import dev.calotype.restore.RuleSignal;
import dev.calotype.restore.StoppingRule;

/**
 * When a fit ends. Each kind takes of the rest what it knows.
 *
 * @param longest iterations at most
 */
record RuleSettings(
        Kind kind, RuleSignal signal, int window, double alpha, double share, int patience, int longest) {
    /** Which rule. */
    enum Kind {
        /** {@link #ES_EMV} where there is noise; {@link #FIXED} where there is none, and so nothing to be wary of. */
        AUTO,
        FIXED,
        ES_WMV,
        ES_EMV,
        HELD_OUT
    }

    StoppingRule rule(Observation observation) {
        return switch (kind) {
            case AUTO -> observation.sigma() > 0 ? new EsEmv(signal, alpha, patience, longest) : new FixedCount(longest);
            case FIXED -> new FixedCount(longest);
            case ES_WMV -> new EsWmv(signal, window, patience, longest);
            case ES_EMV -> new EsEmv(signal, alpha, patience, longest);
            case HELD_OUT -> new HeldOutPixels(signal, share, patience, longest);
        };
    }
}
