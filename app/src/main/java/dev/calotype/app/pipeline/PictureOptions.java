package dev.calotype.app.pipeline;

import dev.calotype.app.console.Console;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.image.HoleMask;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The picture that drawing begins with, and what of it is drawn anew. */
public final class PictureOptions {
    private static final double USUAL = 0.8, USUAL_OF_HOLES = 1;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "Of a pipeline of diffusers: begin with this picture; one with a transparent hole is filled.")
    private Path image;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description = "How much of --image is drawn anew, 0..1: the part of --steps that is taken (default: "
                    + USUAL + "; in holes 1).")
    private Double strength;

    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = "What of --image is drawn anew, white in black and white; the rest stays to the bit.")
    private Path mask;

    @Option(
            names = "--missing",
            paramLabel = "SHADE",
            description =
                    "What in the mask is drawn anew: white or black (default: white; to be said where that is most of the"
                            + " picture).")
    private HoleMask.Shade missing;

    /** Whether any was given. */
    boolean given() {
        return Stream.of(image, strength, mask, missing).anyMatch(option -> option != null);
    }

    /**
     * Reads the picture, if one was given.
     *
     * @param out where pictures go, which is no input
     */
    Optional<GivenPicture> read(Path out, Console console) throws IOException {
        if (image == null) {
            if (given()) throw new IllegalArgumentException("--strength, --mask and --missing want --image FILE");
            return Optional.empty();
        }
        if (mask == null && missing != null) throw new IllegalArgumentException("--missing wants --mask FILE");
        if (PictureFormat.ofName(out.toString()).isPresent())
            OutputFile.require(out, OutputFile.Existing.REPLACE, image, mask == null ? image : mask);
        PictureFile file = PictureFile.read(image);
        Optional<HoleMask> hole = mask == null
                ? HoleMask.ofAlpha(file)
                : Optional.of(HoleMask.readUnlessDoubtful(mask, missing, file.colours()));
        hole.ifPresent(marked -> console.say("%s", marked));
        double usual = hole.isPresent() ? USUAL_OF_HOLES : USUAL;
        return Optional.of(new GivenPicture(file.colours(), hole, strength == null ? usual : strength));
    }

    /** Says in {@code origin} what was begun with. */
    void tell(GivenPicture given, Map<String, String> origin) {
        origin.put("image", String.valueOf(image.getFileName()));
        origin.put("strength", String.valueOf(given.strength()));
        given.hole().ifPresent(hole -> origin.put("hole", hole.toString()));
    }
}
