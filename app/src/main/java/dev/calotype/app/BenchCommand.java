package dev.calotype.app;

import dev.calotype.app.bench.Bench;
import dev.calotype.app.bench.BenchSettings;
import dev.calotype.app.bench.WorkName;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.tensor.Precision;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how fast this machine does something, and how fast others do it. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {CostCommand.class, QualityCommand.class},
        description = {
            "Measure a work, alone or against the programs that people would use instead.",
            "Outputs are compared first; then units of ours and theirs run in turn, so that whatever slows the machine"
                    + " slows both. A ratio above 1 means that Calotype is faster."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype bench train --peers --json",
            "  calotype bench sample --batch 1 --only eager-fp32,compile-bf16",
            "  calotype bench fid --peers --images 10000",
            "  calotype bench cost",
            "  calotype bench quality --against HEAD~20"
        })
final class BenchCommand extends EngineCommand {
    @Parameters(
            paramLabel = "WORK",
            arity = "0..1",
            description = "${COMPLETION-CANDIDATES}, in small letters if you like.")
    private WorkName work;

    @Option(names = "--peers", description = "Race against all peers of the work; see bench/peers/README.md.")
    private boolean peers;

    @Option(names = "--only", paramLabel = "PEER", split = ",", description = "Race against these peers.")
    private List<String> only = List.of();

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "0",
            description = "Iterations of a unit; 0 for as many as take ours half a second.")
    private int iterations;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Default: bench/peers/.venv/bin/python, or else python3.")
    private String python;

    @Option(names = "--batch", paramLabel = "N", split = ",", description = "Images at once, a case each.")
    private List<Integer> batches = List.of();

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "0",
            description = "Pixels per side, in latent latents; default that of the work (docs/commands.md).")
    private int size;

    @Option(
            names = "--channels",
            paramLabel = "C",
            defaultValue = "64",
            description = "Width of the network (default: ${DEFAULT-VALUE}).")
    private int channels;

    @Option(names = "--precision", description = "FP32 or BF16; default what is faster here.")
    private Precision precision;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "0",
            description = "Replicas that share a batch in train, latent and gan; 0 for one per core.")
    private int workers;

    @Option(
            names = "--steps",
            paramLabel = "K",
            defaultValue = "20",
            description = "Of a pipeline (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Pictures; default 1000 for fid, 64 for decode.")
    private int images;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            defaultValue = "",
            description = "Pictures for fid and decode; default drawn rooms.")
    private String data;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            defaultValue = "",
            description = "CIFAR ResNet weights for fid; default random ones of depth 20.")
    private String weights;

    @Override
    protected Object execute(Console console) throws Exception {
        if (work == null)
            throw new IllegalArgumentException(
                    "say what to measure: " + List.of(WorkName.values()) + ", cost or quality");
        Precision chosen = precision == null ? Precision.best() : precision;
        var settings = new BenchSettings(batches, size, channels, chosen, workers, steps, images, data, weights);
        List<String> racing = !only.isEmpty() ? only : peers ? work.peers() : List.of();
        return Bench.run(
                new Bench.Request(work, settings, racing, pairs, iterations, python), line -> console.say("%s", line));
    }
}
