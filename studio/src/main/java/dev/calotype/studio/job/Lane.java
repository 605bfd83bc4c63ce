package dev.calotype.studio.job;

/** Who does the work of a job. */
public enum Lane {
    /** The one thread that owns every tensor. */
    ENGINE,
    /** A thread that only waits for a training in a process of its own, one at a time. */
    TRAINING,
    /** The same for judgements, which need not wait for hours of training. */
    JUDGEMENT
}
