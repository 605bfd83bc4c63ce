package dev.calotype.judge;

import dev.calotype.metric.Lpips;
import dev.calotype.metric.MsSsim;
import dev.calotype.metric.Psnr;
import dev.calotype.metric.Ssim;
import dev.calotype.tensor.Scope;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/** Picture by picture comparisons of two sides, each with its counterpart. */
final class PairScores {
    private static final int BATCH = 16;

    private PairScores() {}

    /** The mean scores of the pictures that both sides hold. */
    static Judgement.Pairs of(PixelStore real, PixelStore fake, Judge.Plan plan) {
        int count = Math.min(real.size(), fake.size());
        MsSsim scales =
                MsSsim.fitting(plan.preparation().size(), plan.preparation().size());
        Map<Measure, BiFunction<Tensor, Tensor, double[]>> wanted = new EnumMap<>(Measure.class);
        for (Measure measure : plan.measures())
            switch (measure) {
                case PSNR -> wanted.put(measure, Psnr::between);
                case SSIM -> wanted.put(measure, Ssim.GAUSSIAN::between);
                case SSIM_UNIFORM -> wanted.put(measure, Ssim.UNIFORM::between);
                case MS_SSIM -> wanted.put(measure, scales::between);
                case LPIPS -> wanted.put(measure, new Lpips(plan.perceptual())::between);
                default -> {}
            }
        Map<Measure, Double> sums = new EnumMap<>(Measure.class);
        for (int from = 0; from < count; from += BATCH) {
            int first = from;
            int last = Math.min(count, from + BATCH);
            Scope.run(() -> {
                Tensor x = real.tensor(first, last); // (B, C, H, W)
                Tensor y = fake.tensor(first, last); // (B, C, H, W)
                wanted.forEach((measure, score) ->
                        sums.merge(measure, Arrays.stream(score.apply(x, y)).sum(), Double::sum));
            });
        }
        sums.replaceAll((measure, sum) -> sum / count);
        boolean lpips = sums.containsKey(Measure.LPIPS);
        return new Judgement.Pairs(
                count,
                finite(sums.get(Measure.PSNR)),
                sums.get(Measure.SSIM),
                sums.get(Measure.SSIM_UNIFORM),
                sums.get(Measure.MS_SSIM),
                sums.containsKey(Measure.MS_SSIM) ? scales.scales() : null,
                sums.get(Measure.LPIPS),
                lpips ? plan.perceptual().name() + " " + plan.perceptual().hash() : null);
    }

    /** JSON has no infinity: equal pictures have no PSNR there. */
    private static Double finite(Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }
}
