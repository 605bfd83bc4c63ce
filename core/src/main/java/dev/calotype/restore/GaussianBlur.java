package dev.calotype.restore;

/**
 * Blurs with a Gaussian that is sampled at whole pixels, cut at four standard deviations, and scaled to sum to 1. Beyond the
 * border the picture is mirrored, its last row and column included (d c b a | a b c d), so that the mean is kept.
 *
 * <p>Its pseudo-inverse exists in theory only: singular values under a thousandth of the largest count as zero.
 *
 * @param sigma the standard deviation in pixels, in (0, 50]
 */
public record GaussianBlur(double sigma) implements Separable {
    private static final double MAX_SIGMA = 50;
    private static final double REACH = 4;

    public GaussianBlur {
        if (!(sigma > 0 && sigma <= MAX_SIGMA))
            throw new IllegalArgumentException("the sigma of a blur must be in 0..50 pixels, more than 0: " + sigma);
    }

    @Override
    public Axis axis(long length) {
        return Axis.of(this, length, () -> matrix(Math.toIntExact(length)));
    }

    private double[][] matrix(int length) {
        int radius = (int) (REACH * sigma + 0.5);
        double[] kernel = new double[2 * radius + 1];
        double total = 0;
        for (int k = 0; k < kernel.length; k++) {
            double z = (k - radius) / sigma;
            kernel[k] = Math.exp(-z * z / 2);
            total += kernel[k];
        }
        double[][] matrix = new double[length][length];
        for (int i = 0; i < length; i++)
            for (int k = 0; k < kernel.length; k++)
                matrix[i][Border.mirrored(i + k - radius, length)] += kernel[k] / total;
        return matrix;
    }

    @Override
    public String toString() {
        return "blur:" + DegradationText.number(sigma);
    }
}
