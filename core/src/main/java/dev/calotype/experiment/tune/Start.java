package dev.calotype.experiment.tune;

import dev.calotype.train.adapt.Adaptation;
import org.bytedeco.pytorch.Module;

/** What the networks of a training begin with, and which of their weights learn. */
public interface Start {
    /** Networks as their task makes them, of which all learns. */
    Start FRESH = new Start() {
        @Override
        public void into(Module network) {}

        @Override
        public Adaptation adaptation() {
            return Adaptation.FULL;
        }
    };

    /** Gives a fresh network on the processor its weights. */
    void into(Module network);

    /** Which of them learn. */
    Adaptation adaptation();
}
