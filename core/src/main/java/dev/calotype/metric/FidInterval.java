package dev.calotype.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the FID of other generated pictures of the same model, as many, would lie at 95 %: the block jackknife (Quenouille
 * 1949; Kuensch 1989), which leaves out a twentieth of the pictures at a time. The real pictures stay the same. It knows nothing
 * of other trainings: their spread wants other seeds.
 *
 * @param low the lower bound, at least 0
 * @param standardError of the FID
 */
public record FidInterval(double low, double high, double standardError) {
    private static final int BLOCKS = 20;
    private static final int NONE = -1;
    private static final double STUDENT_975 = 2.093024; // with 19 degrees of freedom

    /**
     * The interval.
     *
     * @param real of the whole reference set
     * @param fake (N, D), N at least 40
     */
    public static FidInterval between(FeatureStatistics real, Tensor fake) {
        Features.require("fake features", fake, real.dimensions());
        int count = Math.toIntExact(fake.size(0));
        requireEnough(count);
        Fid.Reference reference = Fid.reference(real);
        List<FeatureStatistics> parts =
                IntStream.range(0, BLOCKS).mapToObj(block -> part(fake, block)).toList();
        double[] without = IntStream.range(0, BLOCKS)
                .mapToDouble(block -> reference.distance(sum(parts, block)).value())
                .toArray();
        double mean = Arrays.stream(without).average().orElseThrow();
        double squares =
                Arrays.stream(without).map(v -> (v - mean) * (v - mean)).sum();
        double error = Math.sqrt(squares * (BLOCKS - 1) / BLOCKS);
        double value = reference.distance(sum(parts, NONE)).value();
        return new FidInterval(Math.max(0, value - STUDENT_975 * error), value + STUDENT_975 * error, error);
    }

    /**
     * Refuses a generated set that is too small, before anybody has drawn it.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static void requireEnough(long fake) {
        if (fake < 2 * BLOCKS)
            throw new IllegalArgumentException(
                    "an interval of the FID wants at least " + 2 * BLOCKS + " pictures: " + fake);
    }

    private static FeatureStatistics part(Tensor fake, int block) {
        long count = fake.size(0), from = count * block / BLOCKS, to = count * (block + 1) / BLOCKS;
        return FeatureStatistics.of(fake.narrow(0, from, to - from));
    }

    /** Of all parts but one. */
    private static FeatureStatistics sum(List<FeatureStatistics> parts, int without) {
        FeatureStatistics sum = new FeatureStatistics(parts.get(0).dimensions());
        for (int i = 0; i < parts.size(); i++) if (i != without) sum.add(parts.get(i));
        return sum;
    }
}
