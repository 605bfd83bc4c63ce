package dev.calotype.diffusion;

/**
 * One point of a noising process, x = signal·x₀ + noise·ε with standard normal ε.
 *
 * @param time what the network is told, 0 (clean) to 1000
 * @param signal the weight of the image, 0..1
 * @param noise the weight of the noise, 0..1; signal² + noise² = 1
 */
public record NoiseLevel(double time, double signal, double noise) {
    /** No noise at all: where every sampler ends. */
    public static final NoiseLevel CLEAN = new NoiseLevel(0, 1, 0);

    /** The noise of the image rescaled to unit signal, as Karras et al. (2022) write it; infinite where no signal is left. */
    public double sigma() {
        return noise / signal;
    }

    /** The signal-to-noise ratio, signal² / noise². */
    public double snr() {
        return signal * signal / (noise * noise);
    }
}
