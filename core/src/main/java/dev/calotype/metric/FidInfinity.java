package dev.calotype.metric;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The FID that infinitely many generated pictures would have (Chong &amp; Forsyth 2020): the FIDs of several sample sizes
 * lie nearly on a line in 1 / size, and its value at 0 has no bias from the number of generated samples. That of the real
 * ones stays: use the whole reference set.
 *
 * @param value the line at 1 / size = 0
 * @param slope of the line: value + slope / size is about the FID of {@code size} pictures
 * @param standardError of {@code value}, from the scatter around the line; it does not know that the points share samples
 * @param points what the line goes through
 */
public record FidInfinity(double value, double slope, double standardError, List<Point> points) {
    /** The FID of so many generated samples. */
    public record Point(int size, double fid) {}

    /**
     * Which sample sizes to take.
     *
     * @param count of sizes, at least 3
     * @param smallest size, at least 2; the largest is all
     */
    public record Sizes(int count, int smallest) {
        public Sizes {
            if (count < 3) throw new IllegalArgumentException("count of sizes must be at least 3: " + count);
            if (smallest < 2) throw new IllegalArgumentException("smallest size must be at least 2: " + smallest);
        }

        /**
         * 15 sizes as in the paper, from a tenth of the samples; or from twice the dimensions, but at most half of the
         * samples, since the line bends where covariances lack rank.
         */
        public static Sizes standard(long samples, int dimensions) {
            long smallest = Math.max(samples / 10, Math.min(samples / 2, 2L * dimensions));
            return new Sizes(15, (int) Math.max(2, smallest));
        }
    }

    public FidInfinity {
        points = List.copyOf(points);
    }

    /**
     * Extrapolates.
     *
     * @param real of the whole reference set
     * @param fake (N, D): each size is a random subset of these rows
     * @param rng draws the subsets
     */
    public static FidInfinity between(FeatureStatistics real, Tensor fake, Sizes sizes, Rng rng) {
        Features.require("fake features", fake, real.dimensions());
        int all = Math.toIntExact(fake.size(0));
        if (sizes.smallest() >= all)
            throw new IllegalArgumentException(
                    "smallest size must be below the " + all + " samples: " + sizes.smallest());
        Fid.Reference reference = Fid.reference(real);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < sizes.count(); i++) {
            int size = sizes.smallest() + (int) Math.round((double) (all - sizes.smallest()) * i / (sizes.count() - 1));
            int[] rows = Features.draw(all, size, rng.fork(i));
            FeatureStatistics subset =
                    Scope.read(() -> FeatureStatistics.of(fake.cpu().index_select(0, Tensors.of(rows)))); // (size, D)
            points.add(new Point(size, reference.distance(subset).value()));
        }
        return through(points);
    }

    /** The least-squares line through points of (1 / size, FID). */
    static FidInfinity through(List<Point> points) {
        int n = points.size();
        double meanX =
                points.stream().mapToDouble(p -> 1.0 / p.size()).average().orElseThrow();
        double meanY = points.stream().mapToDouble(Point::fid).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (Point p : points) {
            double x = 1.0 / p.size() - meanX;
            xx += x * x;
            xy += x * (p.fid() - meanY);
        }
        double slope = xy / xx;
        double value = meanY - slope * meanX;
        double squares = 0;
        for (Point p : points) squares += Math.pow(p.fid() - value - slope / p.size(), 2);
        double error = Math.sqrt(squares / (n - 2) * (1.0 / n + meanX * meanX / xx));
        return new FidInfinity(value, slope, error, points);
    }
}
