package dev.calotype.io;

/** Told how far a long piece of work has come. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = (what, done, total) -> {};

    /** {@code done} of {@code total} units of {@code what} are done. */
    void at(String what, long done, long total);
}
