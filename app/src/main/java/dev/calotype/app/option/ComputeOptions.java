package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where a network computes and in what precision. */
public final class ComputeOptions {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, cuda, cuda:N, or auto: a GPU if there is one. A training asks its recipe otherwise.")
    private String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "fp32, bf16, or auto: the fastest of the device. A training asks its recipe otherwise.")
    private PrecisionChoice precision;

    /** {@code others}, and after them what is given here, as values that replace those of a recipe. */
    public List<String> over(List<String> others) {
        List<String> overrides = new ArrayList<>(others);
        if (device != null) overrides.add("training.device=" + DeviceChoice.parse(device));
        if (precision != null)
            overrides.add("training.precision=" + precision.name().toLowerCase(Locale.ROOT));
        return overrides;
    }

    /** The device that is given, or auto. */
    public DeviceChoice device() {
        return device == null ? DeviceChoice.AUTO : DeviceChoice.parse(device);
    }

    /** The precision that is given, or auto. */
    public PrecisionChoice precision() {
        return precision == null ? PrecisionChoice.AUTO : precision;
    }

    /** What is given, or else the fastest of this machine; tells which. */
    public Placement placement(Console console) {
        return placement(console, PrecisionChoice.AUTO);
    }

    /** {@link #placement(Console)} for a command that is in the precision {@code usual} if none is given. */
    public Placement placement(Console console, PrecisionChoice usual) {
        Device resolved = device().resolve();
        Placement placement = new Placement(resolved, (precision == null ? usual : precision).resolve(resolved));
        console.say("Computing on %s", placement);
        return placement;
    }
}
