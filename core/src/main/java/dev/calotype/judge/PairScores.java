package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Scores;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Picture by picture comparisons of two sets, each picture with the one of the same name. */
final class PairScores {
    private final ImageDataset generated;
    private final ImageDataset real;
    private final Judge.Plan plan;
    private final List<PairTally> tallies;
    private int count;
    private int identical;
    private Picture smallest;
    private Picture largest;

    private PairScores(ImageDataset generated, ImageDataset real, Judge.Plan plan) {
        this.generated = generated;
        this.real = real;
        this.plan = plan;
        tallies = plan.inOrder()
                .filter(Measure::ofPairs)
                .map(measure -> measure.scorer().tally(plan))
                .toList();
    }

    /** Refuses what has no names in common before anything is looked at. */
    static void requireNames(PictureSource generated, PictureSource real) {
        for (PictureSource side : List.of(generated, real))
            if (!(side instanceof PictureSource.Stored))
                throw new IllegalArgumentException(
                        "psnr, ssim and lpips compare each picture with the one of the same name,"
                                + " which "
                                + (side instanceof PictureSource.Drawn ? "what a model draws does" : "statistics do")
                                + " not have: " + side.name());
        try {
            Pairing.of(((PictureSource.Stored) generated).data(), ((PictureSource.Stored) real).data());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The mean scores of the pairs of two sets, of the first {@code plan.images()} of them: {@code pairs} with the {@code count}
     * of pairs, how many are {@code identical}, the {@code size} of the pictures, or of the smallest and the largest, what the
     * names of a pair agree in ({@code pairedBy}), and what the measures find.
     *
     * @param caveats to which is added what a reader must know
     * @throws IllegalArgumentException if a picture has no counterpart, or one of another size
     */
    static Scores of(
            ImageDataset generated, ImageDataset real, Judge.Plan plan, List<String> caveats, Progress progress)
            throws IOException {
        Pairing pairing = Pairing.of(generated, real);
        PairScores scores = new PairScores(generated, real, plan);
        List<Pairing.Pair> pairs = pairing.pairs().stream().limit(plan.images()).toList();
        for (Pairing.Pair pair : pairs) {
            scores.add(pair);
            progress.at("comparing pairs", scores.count, pairs.size());
        }
        if (pairing.spare() > 0)
            caveats.add("Pictures of " + real.name() + " without a counterpart were left out: " + pairing.spare()
                    + " of " + real.size() + ".");
        if (pairs.size() < pairing.pairs().size())
            caveats.add(
                    "Only the first " + pairs.size() + " of " + pairing.pairs().size() + " pairs were compared.");
        return scores.mean(pairing.by(), caveats);
    }

    private void add(Pairing.Pair pair) throws IOException {
        Picture truth = prepared(real.read(pair.real()).image());
        Picture picture = prepared(generated.read(pair.generated()).image());
        if (truth.width() != picture.width() || truth.height() != picture.height())
            throw new IllegalArgumentException(generated.sampleName(pair.generated()) + " is " + size(picture) + " and "
                    + real.sampleName(pair.real()) + " " + size(truth)
                    + ": pictures of a pair must be of one size (a size that is named brings both to it)");
        count++;
        if (Arrays.equals(truth.pixels(), picture.pixels())) identical++;
        if (smallest == null || area(picture) < area(smallest)) smallest = picture;
        if (largest == null || area(picture) > area(largest)) largest = picture;
        Scope.run(() -> {
            Tensor reference = Images.toPixels(Images.toTensor(truth)); // uint8 (1, C, H, W)
            Tensor compared = Images.toPixels(Images.toTensor(picture)); // uint8 (1, C, H, W)
            for (PairTally tally : tallies) tally.add(reference, compared);
        });
    }

    private Picture prepared(Picture picture) {
        Preparation preparation = plan.preparation();
        if (plan.pairSize() == Judge.PairSize.OWN) return Images.withChannels(picture, preparation.channels());
        return new Preparation(preparation.size(), preparation.channels(), Preparation.Flip.NONE)
                .apply(picture, Rng.of(0));
    }

    private Scores mean(Pairing.Agreement by, List<String> caveats) {
        Scores scores = Scores.NONE
                .with("count", count)
                .with("identical", identical)
                .with("size", size(smallest) + (area(smallest) == area(largest) ? "" : " to " + size(largest)))
                .with("pairedBy", by.words());
        for (PairTally tally : tallies) scores = scores.and(tally.scores(caveats));
        return Scores.NONE.with("pairs", scores);
    }

    /** The scores of pairs in a sentence without an end; empty where there are none. */
    static String words(Scores scores) {
        if (!scores.has("pairs")) return "";
        return " over " + scores.text("pairs.count") + " pairs of " + scores.text("pairs.size") + " pixels, paired by "
                + scores.text("pairs.pairedBy");
    }

    private static long area(Picture picture) {
        return (long) picture.width() * picture.height();
    }

    private static String size(Picture picture) {
        return picture.width() + " x " + picture.height();
    }
}
