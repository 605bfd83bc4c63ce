package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.metric.Lpips;
import dev.calotype.metric.MsSsim;
import dev.calotype.metric.Psnr;
import dev.calotype.metric.Ssim;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** Picture by picture comparisons of two sets, each picture with the one of the same name. */
final class PairScores {
    private final ImageDataset generated;
    private final ImageDataset real;
    private final Judge.Plan plan;
    private final Map<Measure, Double> sums = new EnumMap<>(Measure.class);
    private int count;
    private int identical;
    private int leastScales = Integer.MAX_VALUE;
    private int mostScales;
    private Picture smallest;
    private Picture largest;

    private PairScores(ImageDataset generated, ImageDataset real, Judge.Plan plan) {
        this.generated = generated;
        this.real = real;
        this.plan = plan;
    }

    /**
     * The mean scores of the pairs of two sets, of the first {@code plan.images()} of them.
     *
     * @param caveats to which is added what a reader must know
     * @throws IllegalArgumentException if a picture has no counterpart, or one of another size
     */
    static Judgement.Pairs of(
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
        Scope.run(() -> score(Images.toPixels(Images.toTensor(truth)), Images.toPixels(Images.toTensor(picture))));
    }

    private Picture prepared(Picture picture) {
        Preparation preparation = plan.preparation();
        if (plan.pairSize() == Judge.PairSize.OWN) return Images.withChannels(picture, preparation.channels());
        return new Preparation(preparation.size(), preparation.channels(), Preparation.Flip.NONE)
                .apply(picture, Rng.of(0));
    }

    /** Adds the scores of one pair, uint8 (1, C, H, W). */
    private void score(Tensor truth, Tensor picture) {
        Set<Measure> wanted = plan.measures();
        if (wanted.contains(Measure.PSNR)) {
            double psnr = Psnr.between(truth, picture)[0];
            if (Double.isFinite(psnr)) sums.merge(Measure.PSNR, psnr, Double::sum);
        }
        if (wanted.contains(Measure.SSIM)) add(Measure.SSIM, Ssim.GAUSSIAN.between(truth, picture));
        if (wanted.contains(Measure.SSIM_UNIFORM)) add(Measure.SSIM_UNIFORM, Ssim.UNIFORM.between(truth, picture));
        if (wanted.contains(Measure.LPIPS)) add(Measure.LPIPS, new Lpips(plan.perceptual()).between(truth, picture));
        if (wanted.contains(Measure.MS_SSIM)) {
            MsSsim scales = MsSsim.fitting(truth.size(2), truth.size(3));
            leastScales = Math.min(leastScales, scales.scales());
            mostScales = Math.max(mostScales, scales.scales());
            add(Measure.MS_SSIM, scales.between(truth, picture));
        }
    }

    private void add(Measure measure, double[] one) {
        sums.merge(measure, one[0], Double::sum);
    }

    private Judgement.Pairs mean(Pairing.Agreement by, List<String> caveats) {
        if (mostScales > leastScales)
            caveats.add("MS-SSIM is over " + leastScales + " to " + mostScales
                    + " scales, as the sizes of pictures allow: such numbers compare with each other only.");
        boolean lpips = sums.containsKey(Measure.LPIPS);
        boolean psnr = plan.measures().contains(Measure.PSNR);
        Double ofDifferent = psnr && identical < count ? sums.get(Measure.PSNR) / (count - identical) : null;
        return new Judgement.Pairs(
                count,
                identical,
                size(smallest) + (area(smallest) == area(largest) ? "" : " to " + size(largest)),
                by.words(),
                identical == 0 ? ofDifferent : null,
                identical == 0 ? null : ofDifferent,
                mean(Measure.SSIM),
                mean(Measure.SSIM_UNIFORM),
                mean(Measure.MS_SSIM),
                sums.containsKey(Measure.MS_SSIM) ? leastScales : null,
                mean(Measure.LPIPS),
                lpips ? plan.perceptual().name() + " " + plan.perceptual().hash() : null);
    }

    private Double mean(Measure measure) {
        return sums.containsKey(measure) ? sums.get(measure) / count : null;
    }

    private static long area(Picture picture) {
        return (long) picture.width() * picture.height();
    }

    private static String size(Picture picture) {
        return picture.width() + " x " + picture.height();
    }
}
