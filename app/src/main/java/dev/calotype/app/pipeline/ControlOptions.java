package dev.calotype.app.pipeline;

import dev.calotype.experiment.offer.Control;
import dev.calotype.image.PictureFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The ControlNets that steer what is drawn besides the text. */
final class ControlOptions {
    private static final Pattern SPAN = Pattern.compile("(\\d(?:\\.\\d+)?)\\.\\.(\\d(?:\\.\\d+)?)");

    /** A network and its picture. */
    static final class One {
        @Option(
                names = "--control",
                paramLabel = "NETWORK",
                description =
                        "Of a pipeline: a ControlNet, its folder in diffusers' layout or its file, that steers by the picture of"
                                + " --control-image, which follows; several are possible, each with its own.")
        private Path network;

        @Option(
                names = "--control-image",
                paramLabel = "FILE",
                description =
                        "The edges, depth or pose that the ControlNet was trained to follow, stretched to --size.")
        private Path picture;

        @Option(names = "--control-scale", paramLabel = "S", description = "By how much it acts (default: 1).")
        private double scale = 1;

        @Option(
                names = "--control-span",
                paramLabel = "A..B",
                description = "The part of the steps in which it acts, such as 0..0.6 (default: 0..1).")
        private String span = "0..1";

        @Option(
                names = "--control-guess",
                description =
                        "It acts on what is wanted alone, and weaker the finer the map, so that the text may be empty;"
                                + " --guidance 3 to 5 goes with it.")
        private boolean guesses;

        /** The parser would ask for what is missing in words of its own. */
        private void require() {
            if (network == null)
                throw new IllegalArgumentException(
                        "--control-image, --control-scale, --control-span and --control-guess follow the --control NETWORK that they are of");
            if (picture == null)
                throw new IllegalArgumentException(
                        "--control wants the --control-image FILE that it steers by: " + network);
        }

        private Control read() throws IOException {
            Matcher parts = SPAN.matcher(span);
            if (!parts.matches())
                throw new IllegalArgumentException(
                        "--control-span must be two numbers in 0..1, such as 0..0.6: " + span);
            double from = Double.parseDouble(parts.group(1)), to = Double.parseDouble(parts.group(2));
            return new Control(
                    network,
                    PictureFile.read(picture).colours(),
                    scale,
                    from,
                    to,
                    guesses ? Control.Manner.GUESSES : Control.Manner.STEERS);
        }
    }

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<One> all = new ArrayList<>();

    /** Whether any was given. */
    boolean given() {
        return !all.isEmpty();
    }

    /** Throws IllegalArgumentException where a network or its picture is missing. */
    void require() {
        all.forEach(One::require);
    }

    /** Reads the pictures. */
    List<Control> read() throws IOException {
        List<Control> controls = new ArrayList<>();
        for (One one : all) controls.add(one.read());
        return controls;
    }

    /** Says in {@code origin} what steered. */
    void tell(Map<String, String> origin) {
        List<String> said = all.stream()
                .map(one -> one.network.getFileName() + " at " + one.scale + " in " + one.span
                        + (one.guesses ? " guessing by " : " by ") + one.picture.getFileName())
                .toList();
        if (!said.isEmpty()) origin.put("control", String.join(", ", said));
    }
}
