package dev.calotype.studio.web;

/**
 * How the engine is.
 *
 * @param device where networks compute; empty before the engine is up
 * @param error why it is not; empty where all is well
 */
public record EngineState(boolean ready, String device, int threads, String error) {
    /** Of an engine that starts. */
    public static EngineState starting(int threads) {
        return new EngineState(false, "", threads, "");
    }

    /** The same, up, with networks computing at {@code device}. */
    public EngineState up(String device) {
        return new EngineState(true, device, threads, "");
    }

    /** The same, which did not come up. */
    public EngineState failed(String error) {
        return new EngineState(false, "", threads, error);
    }
}
