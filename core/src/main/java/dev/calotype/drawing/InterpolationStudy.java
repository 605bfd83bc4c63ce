package dev.calotype.drawing;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.RunDirectory;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Two ways from one noise to another, the straight line and the arc, and what they do to the images: the norm of every
 * latent, the contrast of every image, and the length of the path in the eyes of a feature network. Images are drawn by
 * DDIM without noise, so that all that differs is where they start.
 *
 * @param experiment its name
 * @param weights SHA-256 of the weights
 * @param network the feature network; lengths of other networks or hashes do not compare
 * @param dimensions n, the number of values of a latent
 * @param angle between the two noises, in degrees
 * @param walks the line, then the arc
 */
@JsonIgnoreProperties(value = "explanation", allowGetters = true)
public record InterpolationStudy(
        String experiment,
        String weights,
        long fromSeed,
        long toSeed,
        String sampling,
        String network,
        String hash,
        int dimensions,
        double angle,
        List<Walk> walks) {
    /**
     * A point of a path.
     *
     * @param position from 0, the first noise, to 1, the second
     * @param norm of the latent
     * @param contrast mean absolute difference of neighbouring pixels, in 8-bit steps: it falls where an image is blurred
     * @param step distance of its image's features from those of the image before; 0 for the first
     */
    public record Frame(double position, double norm, double contrast, double step) {}

    /**
     * One path.
     *
     * @param length the sum of its steps
     * @param direct distance between the features of its ends
     */
    public record Walk(Interpolation mode, List<Frame> frames, double length, double direct) {
        public Walk {
            frames = List.copyOf(frames);
        }

        /** Its middle frame, or the one before the middle. */
        Frame middle() {
            return frames.get((frames.size() - 1) / 2);
        }

        /** Contrast of the middle over the mean of both ends. */
        double middleContrast() {
            double ends =
                    (frames.get(0).contrast() + frames.get(frames.size() - 1).contrast()) / 2;
            return ends == 0 ? 1 : middle().contrast() / ends;
        }

        /** The same for the norm. */
        double middleNorm() {
            return 2
                    * middle().norm()
                    / (frames.get(0).norm() + frames.get(frames.size() - 1).norm());
        }
    }

    /** A study with its picture: the latents of the line, their images, the images of the arc, their latents. */
    public record Drawn(InterpolationStudy study, Picture picture) {
        /** Keeps it as the latest of a run. */
        public void write(RunDirectory run) throws IOException {
            PngFile.write(run.studyPicture(), picture);
            run.write(run.studyFile(), study);
        }
    }

    /** The latest study of a run, if there is one. */
    public static Optional<InterpolationStudy> of(RunDirectory run) throws IOException {
        return run.read(run.studyFile(), InterpolationStudy.class);
    }

    private static final int GAP = 2;
    private static final double SHOWN_DEVIATIONS = 3;

    /**
     * Walks from image 0 of {@code request.seed()} to image 0 of {@code toSeed}.
     *
     * @param frames both ends included, 3..100
     * @throws IllegalArgumentException if the sampler adds noise of its own
     */
    public static Drawn of(WalksBetween trained, FeatureNetwork network, Request request, long toSeed, int frames) {
        Check.range("frames", frames, 3, 100);
        Check.that(
                request.sampling().isDeterministic(),
                "the study wants a sampler that adds no noise on the way, such as ddim with eta 0",
                request.sampling());
        List<Walk> walks = new ArrayList<>();
        List<Picture> rows = new ArrayList<>();
        double[] ends = new double[3]; // norms, inner product
        int[] dimensions = new int[1];
        Scope.run(() -> {
            Tensor both = trained.starts(request.seed(), toSeed, Interpolation.LERP, 2); // (2, C, H, W)
            Check.that(
                    both.dim() == 4,
                    "the study wants a model whose random starts are images",
                    trained.experiment().name());
            Tensor from = both.get(0), to = both.get(1); // (C, H, W)
            dimensions[0] = (int) from.numel();
            ends[0] = norm(Tensors.doubles(from));
            ends[1] = norm(Tensors.doubles(to));
            ends[2] = Tensors.doubles(from.mul(to).sum())[0];
            for (Interpolation mode : new Interpolation[] {Interpolation.LERP, Interpolation.SLERP}) {
                Tensor latents = trained.starts(request.seed(), toSeed, mode, frames); // (F, C, H, W)
                Tensor images = trained.images(request, latents); // (F, C, H, W)
                List<Picture> pictures = Images.pictures(images);
                List<Picture> noises = Images.pictures(Tensors.clip(Tensors.scale(1 / SHOWN_DEVIATIONS, latents)));
                rows.addAll(mode == Interpolation.LERP ? noises : pictures);
                rows.addAll(mode == Interpolation.LERP ? pictures : noises);
                walks.add(walk(mode, latents, pictures, network.features(Images.toPixels(images))));
            }
        });
        double cosine = ends[2] / (ends[0] * ends[1]);
        InterpolationStudy study = new InterpolationStudy(
                trained.experiment().name(),
                trained.hash(),
                request.seed(),
                toSeed,
                request.sampling().toString(),
                network.name(),
                network.hash(),
                dimensions[0],
                Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine)))),
                List.copyOf(walks));
        return new Drawn(study, Images.grid(rows, frames, GAP));
    }

    private static Walk walk(Interpolation mode, Tensor latents, List<Picture> pictures, Tensor features) {
        int count = pictures.size();
        double[][] z = rows(latents, count);
        double[][] f = rows(features, count);
        List<Frame> frames = new ArrayList<>();
        double length = 0;
        for (int i = 0; i < count; i++) {
            double step = i == 0 ? 0 : distance(f[i - 1], f[i]);
            length += step;
            frames.add(new Frame(i / (count - 1.0), norm(z[i]), contrast(pictures.get(i)), step));
        }
        return new Walk(mode, frames, length, distance(f[0], f[count - 1]));
    }

    private static double[][] rows(Tensor x, int count) {
        double[] all = Tensors.doubles(x);
        double[][] rows = new double[count][all.length / count];
        for (int i = 0; i < count; i++) System.arraycopy(all, i * rows[i].length, rows[i], 0, rows[i].length);
        return rows;
    }

    private static double norm(double[] x) {
        return distance(x, new double[x.length]);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.sqrt(sum);
    }

    /** Mean absolute difference of horizontal and vertical neighbours. */
    private static double contrast(Picture p) {
        long sum = 0, pairs = 0;
        for (int y = 0; y < p.height(); y++)
            for (int x = 0; x < p.width(); x++)
                for (int c = 0; c < p.channels(); c++) {
                    if (x > 0) sum += Math.abs(p.at(x, y, c) - p.at(x - 1, y, c));
                    if (y > 0) sum += Math.abs(p.at(x, y, c) - p.at(x, y - 1, c));
                    pairs += (x > 0 ? 1 : 0) + (y > 0 ? 1 : 0);
                }
        return (double) sum / Math.max(1, pairs);
    }

    /** The walk of a mode. */
    Walk walk(Interpolation mode) {
        return walks.stream().filter(walk -> walk.mode() == mode).findFirst().orElseThrow();
    }

    /** What was found and why, for a person who has not met latents before. */
    @JsonProperty("explanation")
    public List<String> explanation() {
        Walk line = walk(Interpolation.LERP);
        Walk arc = walk(Interpolation.SLERP);
        Frame middle = line.middle();
        double u = middle.position();
        List<String> text = new ArrayList<>();
        text.add(format(
                "A latent is a noise of %d independent standard normal values. Its norm is close to the square root of"
                        + " that, %.1f, and strays from it by about 0.7 only: in so many dimensions all noises lie on a thin"
                        + " shell. These two have norms %.1f and %.1f and stand at %.1f degrees: any two noises are nearly at"
                        + " right angles.",
                dimensions,
                Math.sqrt(dimensions),
                line.frames().get(0).norm(),
                line.frames().get(line.frames().size() - 1).norm(),
                angle));
        text.add(format(
                "The straight line (lerp) cuts through the inside of the shell. At position %.2f it mixes with the weights"
                        + " %.2f and %.2f; at right angles the norms add as the sides of a triangle do, to"
                        + " √(%.2f² + %.2f²) = %.3f of an end's. Measured: %.1f, which is %.3f of the ends'. The arc (slerp)"
                        + " has %.3f there.",
                u, 1 - u, u, 1 - u, u, Math.hypot(1 - u, u), middle.norm(), line.middleNorm(), arc.middleNorm()));
        text.add(format(
                "The network was trained on noise of variance 1 at this end of the process; in the middle of the line it"
                        + " gets a variance of %.2f. It takes the missing noise for a part of the image that is already"
                        + " smooth, and removes too much: the middle loses contrast.",
                line.middleNorm() * line.middleNorm()));
        text.add(format(
                "Measured in these images: in the middle, neighbouring pixels differ by %.0f %% of what they do at the ends"
                        + " on the line, and by %.0f %% on the arc. %s",
                100 * line.middleContrast(),
                100 * arc.middleContrast(),
                line.middleContrast() < arc.middleContrast()
                        ? "The line is the smoother one, as the argument says."
                        : "Here the line is not the smoother one: two samples are no proof, and a short training or few"
                                + " steps can hide the effect."));
        text.add(format(
                "In the features of %s the line is %.3f long and the arc %.3f, where the ends are %.3f apart. A path that is"
                        + " hardly longer than this distance changes one image into the other without detours.",
                network, line.length(), arc.length(), line.direct()));
        return text;
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
