package dev.calotype.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Something set up once and then measured again and again. */
interface Work extends AutoCloseable {
    /**
     * What is measured.
     *
     * @param unit what one iteration is, such as {@code step}
     * @param settings in order; peers get them as {@code key=value}
     * @param precision of the arithmetic: fp32 or bf16, {@code uint8} for pictures, {@code -} where there is none
     * @param threads that compute
     * @param tolerance the largest relative difference to the outputs of a peer of the same precision
     */
    record Description(String unit, Map<String, String> settings, String precision, int threads, double tolerance) {}

    Description description();

    /**
     * Writes what a peer needs to do the same into {@code folder}.
     *
     * @return our own outputs by name, which a peer must come to, too; empty if there is nothing to compare
     */
    Map<String, float[]> prepare(Path folder) throws IOException;

    /** Does it once. */
    void iterate() throws IOException;

    @Override
    default void close() {}
}
