package dev.calotype.app.pipeline;

import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.drawing.PictureFiles;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What only the text-to-image pipelines of diffusers are asked for. */
public final class PipelineOptions {
    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description = "Of a pipeline of diffusers: what the images are not to show.")
    private String negative;

    @Option(
            names = "--size",
            paramLabel = "N|WxH",
            description =
                    "Of a pipeline of diffusers: pixels per side, such as 512 or 768x512; default as it says itself.")
    private String size;

    @Option(
            names = "--clip-skip",
            paramLabel = "K",
            description = "Of a pipeline of diffusers: leave out the last K layers of its text encoder.")
    private Integer clipSkip;

    @Option(
            names = "--prior-steps",
            paramLabel = "K",
            description = "Of a pipeline with a prior: steps in which that makes the vector of a picture.")
    private Integer priorSteps;

    @Option(
            names = "--prior-guidance",
            paramLabel = "W",
            description = "Of a pipeline with a prior: weight of its guidance; 1 for none.")
    private Double priorGuidance;

    @Option(
            names = "--enlarging-steps",
            paramLabel = "K",
            description = "Of Karlo: steps in which its small pictures are made large.")
    private Integer enlargingSteps;

    @Mixin
    private AdditionOptions additions;

    @Mixin
    private PictureOptions picture;

    @Mixin
    private ControlOptions controls;

    /**
     * What draws.
     *
     * @param prior of pipelines that have none themselves
     */
    public record Source(Path folder, Optional<Path> prior) {}

    /** What was drawn where. */
    public record Drawn(String out, int images, int width, int height, double seconds, List<String> notes) {
        @Override
        public String toString() {
            return out;
        }
    }

    /** The adapters, as they were given. */
    public List<String> adapters() {
        return additions.adapters();
    }

    /** Whether drawing begins with a picture, of which nothing need be said. */
    public boolean begins() {
        return picture.given();
    }

    /** Refuses what was given for a model that is none of these. */
    public void requireNone(Path run) {
        boolean any = picture.given() || controls.given();
        if (any
                || Stream.of(negative, size, clipSkip, priorSteps, priorGuidance, enlargingSteps)
                        .anyMatch(option -> option != null))
            throw new IllegalArgumentException(
                    "--negative, --size, --prior-steps, --prior-guidance, --enlarging-steps, --clip-skip, --control and --image with --strength, --mask and --missing would do nothing:"
                            + " they are of pipelines of diffusers, and " + run + " has no model_index.json");
        additions.requireNone(run);
    }

    /**
     * Draws what a text says.
     *
     * @param begun when the command began, in nanoseconds
     */
    public Drawn draw(
            Source source,
            String text,
            DrawOptions drawn,
            SamplingOptions sampling,
            ComputeOptions compute,
            long begun,
            Console console)
            throws IOException {
        controls.require();
        Additions added = additions.additions();
        TextPipeline model = TextPipelines.installed()
                .open(source.folder, source.prior.map(added::with).orElse(added));
        Map<String, String> asked = asked(sampling);
        String how = model.sampling(asked);
        Optional<GivenPicture> given = picture.read(drawn.out(), console);
        int[] sides = sides(model, given);
        Prompt prompt = new Prompt(text, Optional.ofNullable(negative), clipSkip == null ? 0 : clipSkip);
        TextPipeline.Wishes wishes =
                new TextPipeline.Wishes(prompt, asked, drawn.seed(), sides[0], sides[1], given, controls.read());
        int count = drawn.count(1);
        model.require(wishes);
        PictureFiles.require(drawn.out(), count, sides[0], sides[1]);
        model.notes().forEach(note -> console.say("%s", note));
        Placement placement = compute.placement(console);
        TextPipeline.Drawn made = model.draw(wishes, count, placement, console);
        made.notes().forEach(note -> console.say("%s", note));
        Map<String, String> origin = origin(additions.said(source.folder, model.type()), wishes, how, placement);
        source.prior.ifPresent(prior -> origin.put("prior", String.valueOf(prior.getFileName())));
        given.ifPresent(used -> picture.tell(used, origin));
        controls.tell(origin);
        return written(drawn.out(), made, origin, how, begun, console);
    }

    /** Writes what was drawn, and says so. */
    static Drawn written(
            Path out, TextPipeline.Drawn made, Map<String, String> origin, String how, long begun, Console console)
            throws IOException {
        PictureFiles.write(out, made.pictures(), origin);
        double seconds = (System.nanoTime() - begun) * 1e-9;
        int count = made.pictures().size();
        int width = made.pictures().get(0).width(),
                height = made.pictures().get(0).height();
        console.say("%d images of %d x %d px in %.1f s with %s", count, width, height, seconds, how);
        return new Drawn(out.toString(), count, width, height, seconds, made.notes());
    }

    private Map<String, String> asked(SamplingOptions sampling) {
        Map<String, String> asked = new LinkedHashMap<>(sampling.asked());
        if (priorSteps != null) asked.put("prior-steps", priorSteps.toString());
        if (priorGuidance != null) asked.put("prior-guidance", priorGuidance.toString());
        if (enlargingSteps != null) asked.put("enlarging-steps", enlargingSteps.toString());
        return asked;
    }

    private int[] sides(TextPipeline model, Optional<GivenPicture> given) {
        if (size != null) return sides(size);
        return given.map(begun -> model.size(begun.picture())).orElseGet(model::size);
    }

    static Map<String, String> origin(String pipeline, TextPipeline.Wishes wishes, String how, Placement placement) {
        Prompt prompt = wishes.prompt();
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Software", "Calotype");
        origin.put("pipeline", pipeline);
        origin.put("text", prompt.text());
        prompt.negative().ifPresent(said -> origin.put("negative", said));
        if (prompt.clipSkip() > 0) origin.put("clip-skip", String.valueOf(prompt.clipSkip()));
        origin.put("seed", String.valueOf(wishes.seed()));
        origin.put("sampling", how);
        origin.put("computed", "on " + placement);
        return origin;
    }

    private static int[] sides(String size) {
        if (!size.matches("[1-9]\\d{0,4}(x[1-9]\\d{0,4})?"))
            throw new IllegalArgumentException("--size must be pixels per side, such as 512 or 768x512: " + size);
        String[] parts = size.split("x");
        int width = Integer.parseInt(parts[0]);
        return new int[] {width, parts.length == 1 ? width : Integer.parseInt(parts[1])};
    }
}
