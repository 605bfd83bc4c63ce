package dev.calotype.experiment;

/** The settings of a model whose images come about in the steps of a process. */
public interface Stepwise extends Experiment {
    /** How many steps the process has. */
    int steps();
}
