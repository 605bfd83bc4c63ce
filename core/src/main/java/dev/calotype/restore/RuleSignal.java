package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/** Which estimate of a fit a rule looks at. */
public enum RuleSignal {
    /** The network's output. */
    OUTPUT,
    /** The moving average of outputs. */
    SMOOTHED;

    Tensor of(Watcher.Frame frame) {
        return this == OUTPUT ? frame.output() : frame.smoothed();
    }
}
