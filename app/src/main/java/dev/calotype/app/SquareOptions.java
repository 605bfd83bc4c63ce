package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.data.Preparation;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What pictures are brought to before they are judged, where no run says it. */
final class SquareOptions {
    private static final int USUAL = 32; // of drawn rooms

    @Option(
            names = "--size",
            paramLabel = "PX",
            description =
                    "A side of the squares that both sides are brought to, where no run says it; default the shorter"
                            + " side of the first picture, and for psnr, ssim and lpips the pictures as they are.")
    private Integer size;

    @Option(
            names = "--channels",
            paramLabel = "C",
            description = "Where no run says it: 3, or 1 for grey; default 1 for lenet, otherwise 3.")
    private Integer channels;

    /** Whether any was given. */
    boolean given() {
        return Stream.of(size, channels).anyMatch(option -> option != null);
    }

    /** Whether a size was given. */
    boolean sized() {
        return size != null;
    }

    /**
     * How pictures are prepared.
     *
     * @param sides whose pictures tell the size where nobody says it; none for a usual one
     * @param usual channels where nobody says otherwise
     */
    Preparation preparation(List<String> sides, int usual, Console console) throws IOException {
        return new Preparation(side(sides, console), channels == null ? usual : channels, Preparation.Flip.NONE);
    }

    private int side(List<String> sides, Console console) throws IOException {
        if (size != null) return size;
        if (sides.isEmpty()) return USUAL;
        int found = Judgements.commonSize(sides, USUAL);
        console.say("Both sides are brought to %d x %d pixels; --size says otherwise", found, found);
        return found;
    }
}
