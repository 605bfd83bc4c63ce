package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.column.Columns;
import dev.calotype.experiment.Request;
import dev.calotype.tensor.Placement;
import dev.calotype.unclip.Unclip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;

/** Which models draw pictures of words or of other pictures, and how. */
public final class UnclipOptions {
    @Mixin
    private UnclipModels models;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    /** Opens the models of a run. */
    public Unclip open(Path run, Path prior, Console console) throws IOException {
        return open(run, prior, List.of(), console);
    }

    /** {@link #open(Path, Path, Console)} with adapters added to the decoder. */
    public Unclip open(Path run, Path prior, List<String> adapters, Console console) throws IOException {
        Placement placement = compute.placement(console);
        return Unclip.open(models.files(run, prior), adapters, placement);
    }

    /** How images are drawn. */
    public SamplingOptions sampling() {
        return sampling;
    }

    /** Where networks compute. */
    public ComputeOptions compute() {
        return compute;
    }

    /** Whether models of a decoder were named. */
    public boolean modelsGiven() {
        return models.given();
    }

    /** How the decoder draws, and what. */
    public Request request(Unclip model, long seed, Columns condition) {
        return new Request(sampling.request(model.decoding(), seed).sampling(), seed, condition);
    }
}
