package dev.calotype.studio.job;

/** Who does the work of a job. */
public enum Lane {
    /** The one thread that owns every tensor. */
    ENGINE,
    /** A thread that only waits for a process of its own, one job at a time. */
    ASIDE
}
