package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Painted;
import dev.calotype.experiment.offer.TextPipeline.Wanted;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.Picture;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Which pictures are drawn. Picture i of a request is the same however many are drawn.
 *
 * @param sampling how; a guidance of at most 1 leaves the negative text out
 * @param canvas the sides, and where a given picture lies
 * @param given the picture to begin with, if any
 * @param controls what steers besides the text
 */
public record ImageRequest(
        Prompt prompt,
        SamplingSettings sampling,
        long seed,
        Canvas canvas,
        Optional<GivenPicture> given,
        List<Control> controls) {
    public ImageRequest {
        controls = List.copyOf(controls);
        if (prompt.negative().isPresent() && sampling.guidance() <= 1)
            throw new IllegalArgumentException(
                    "guidance must be above 1 with a negative text, which has no effect otherwise: "
                            + sampling.guidance());
    }

    /**
     * What is wished for, on a canvas whose sides are multiples of {@code unit} where it begins with a picture.
     *
     * @param sampling what the wishes for it come to
     */
    public static ImageRequest of(TextPipeline.Wishes wishes, SamplingSettings sampling, int unit) {
        int width = wishes.width(), height = wishes.height();
        Canvas canvas =
                wishes.given().isPresent() ? Canvas.of(width, height, unit) : new Canvas(width, height, width, height);
        return new ImageRequest(wishes.prompt(), sampling, wishes.seed(), canvas, wishes.given(), wishes.controls());
    }

    /** Pictures of these sides out of noise. */
    ImageRequest(Prompt prompt, SamplingSettings sampling, long seed, int width, int height) {
        this(prompt, sampling, seed, new Canvas(width, height, width, height), Optional.empty(), List.of());
    }

    /**
     * One picture that is drawn.
     *
     * @param index its number among those of the request
     */
    public record AskedPicture(ImageRequest request, long index) {
        private static final int MOST = 16,
                PLACES = 64 * 64; // more at once are no faster on a processor, and want more memory

        /** Checks that pictures can be drawn at once. */
        public static List<AskedPicture> of(List<Wanted> wanted, Function<Wishes, ImageRequest> request) {
            Check.range("n", wanted.size(), 1, 4096);
            Wishes wishes = wanted.get(0).wishes();
            ImageRequest last = request.apply(wishes);
            Object manner = wishes.manner();
            List<AskedPicture> asked = new ArrayList<>();
            for (Wanted one : wanted) {
                if (one.wishes() != wishes) {
                    wishes = one.wishes();
                    Check.that(
                            wishes.manner().equals(manner),
                            "pictures that are drawn at once must be drawn alike",
                            wishes);
                    last = request.apply(wishes);
                }
                asked.add(new AskedPicture(last, one.index()));
            }
            return asked;
        }

        /** Draws pictures of one request, with its wishes for the sampling, of which the first has this place among all. */
        @FunctionalInterface
        public interface Part {
            List<Painted> draw(List<AskedPicture> some, Map<String, String> asked, int place) throws IOException;
        }

        /** The same for pipelines that draw the pictures of one request after those of another. */
        public static List<Painted> apart(List<Wanted> wanted, Function<Wishes, ImageRequest> request, Part part)
                throws IOException {
            List<AskedPicture> asked = of(wanted, request);
            List<Painted> painted = new ArrayList<>();
            for (List<AskedPicture> some : runs(asked)) {
                int place = painted.size();
                painted.addAll(part.draw(some, wanted.get(place).wishes().sampling(), place));
            }
            return painted;
        }

        /** Neighbours that are of one request. */
        static List<List<AskedPicture>> runs(List<AskedPicture> asked) {
            List<List<AskedPicture>> runs = new ArrayList<>();
            int from = 0;
            for (int to : ends(asked, asked.size(), (one, other) -> one.request == other.request)) {
                runs.add(asked.subList(from, to));
                from = to;
            }
            return runs;
        }

        /**
         * What was drawn, in the place and size of the given picture, with all that is to be said of it.
         *
         * @param notes of its own
         * @param others those of all pictures
         */
        public Painted painted(Picture drawn, List<String> notes, List<String> others) {
            List<String> all = new ArrayList<>(notes);
            all.addAll(others);
            if (request.given().isEmpty()) return new Painted(drawn, all);
            GivenPicture given = request.given().get();
            Canvas canvas = request.canvas();
            all.addAll(canvas.notes(given));
            return new Painted(
                    given.hole()
                            .map(hole -> canvas.filled(drawn, given.picture(), hole))
                            .orElseGet(() -> canvas.cut(drawn)),
                    all);
        }

        /** The noise of this one. */
        public Rng noise() {
            return Rng.images(request.seed(), index, 1);
        }

        /** The noise of some pictures, a row for each. */
        public static Rng rows(List<AskedPicture> some) {
            return Rng.rows(some.stream()
                    .map(one -> Rng.of(one.request.seed()).fork(one.index))
                    .toArray(Rng[]::new));
        }

        /**
         * How many pictures are denoised at once at most. In fp32 the sums of a processor depend on the size of a batch, and a picture would on
         * its neighbours.
         *
         * @param places of the latents of one
         */
        static int together(Placement placement, long places) {
            if (placement.device().equals(Device.CPU) && placement.precision() != Precision.BF16) return 1;
            return (int) Math.max(1, Math.min(MOST, PLACES / places));
        }

        /**
         * Where parts of neighbours end that are denoised at once.
         *
         * @param told how many tokens each is told: as many in one part
         */
        static List<Integer> ends(List<Long> told, int most) {
            return ends(told, most, Long::equals);
        }

        private static <T> List<Integer> ends(List<T> all, int most, BiPredicate<T, T> alike) {
            List<Integer> ends = new ArrayList<>();
            for (int i = 1, begun = 0; i <= all.size(); i++)
                if (i == all.size() || i - begun == most || !alike.test(all.get(i), all.get(begun))) {
                    ends.add(i);
                    begun = i;
                }
            return ends;
        }
    }
}
