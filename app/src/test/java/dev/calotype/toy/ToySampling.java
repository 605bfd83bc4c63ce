package dev.calotype.toy;

import dev.calotype.experiment.Sampling;
import dev.calotype.settings.Check;

/**
 * How codes are drawn.
 *
 * @param spread their standard deviation, before they are bounded
 */
record ToySampling(double spread) implements Sampling {
    ToySampling {
        Check.range("spread", spread, 0, 10);
    }
}
