package dev.calotype.restore;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The counting of photons: of white, {@code peak} are expected. A value u in 0..1 becomes Poisson(peak u) / peak; the values
 * are not clipped, so a bright pixel can become brighter than white. Values below black count as black.
 *
 * @param peak in 0..100000, more than 0
 */
record PoissonNoise(double peak) implements Noise {
    private static final double MAX_PEAK = 100_000;

    public PoissonNoise {
        if (!(peak > 0 && peak <= MAX_PEAK))
            throw new IllegalArgumentException("the peak of Poisson noise must be in 0..100000, more than 0: " + peak);
    }

    @Override
    public Tensor add(Tensor image, Rng rng) {
        float[] values = Tensors.floats(image);
        float[] uniform = Tensors.floats(rng.uniform(Tensors.shape(image)));
        double[] logFactorial = logFactorials(values);
        for (int i = 0; i < values.length; i++) {
            double mean = Math.max(0, (values[i] + 1) / 2 * peak);
            values[i] = (float) (2 * draw(mean, uniform[i], logFactorial) / peak - 1);
        }
        return Device.of(image).move(Tensors.of(values, Tensors.shape(image)));
    }

    /** As far as the largest mean. */
    private double[] logFactorials(float[] values) {
        double brightest = 0;
        for (float value : values) brightest = Math.max(brightest, (value + 1) / 2 * peak);
        double[] logs = new double[(int) brightest + 1];
        for (int k = 2; k < logs.length; k++) logs[k] = logs[k - 1] + Math.log(k);
        return logs;
    }

    /** Inversion by steps from the mode in both directions (Devroye 1986, section X.3.3), which takes about √mean steps. */
    private static int draw(double mean, double uniform, double[] logFactorial) {
        if (mean == 0) return 0;
        int mode = (int) mean;
        double above = Math.exp(mode * Math.log(mean) - mean - logFactorial[mode]);
        double below = above;
        double rest = uniform - above;
        int up = mode;
        int down = mode;
        while (rest >= 0 && (above > 0 || down > 0)) {
            above *= mean / ++up;
            rest -= above;
            if (rest < 0) return up;
            if (down > 0) {
                below *= down-- / mean;
                rest -= below;
                if (rest < 0) return down;
            } else if (above < 1e-12) {
                return up; // the sum of all chances, less rounding
            }
        }
        return mode;
    }

    @Override
    public double sigma() {
        return 2 * Math.sqrt(0.5 / peak); // of mid-grey
    }

    @Override
    public String toString() {
        return "poisson:" + DegradationText.number(peak);
    }
}
