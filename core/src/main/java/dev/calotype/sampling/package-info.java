/**
 * From noise to images. A {@link dev.calotype.sampling.Sampler} knows a
 * {@link dev.calotype.diffusion.Denoiser} and nothing else of a model; it is a record, so that printing it tells how to
 * make it again.
 *
 * <p>Which to choose:
 *
 * <ul>
 *   <li>{@link dev.calotype.sampling.DpmSolver}: 10 to 25 calls, the default;
 *   <li>{@link dev.calotype.sampling.Heun}: 35 calls and more, the most exact;
 *   <li>{@link dev.calotype.sampling.Ddim}: any number of steps, and the only one that also goes from an image to its
 *       noise ({@link dev.calotype.sampling.Ddim#invert});
 *   <li>{@link dev.calotype.sampling.Ancestral}: 100 calls and more, random; what a model was trained for, and the only
 *       one that uses a learned variance.
 * </ul>
 *
 * <p>{@link dev.calotype.sampling.Guidance} makes a conditional model follow its condition more closely, and
 * {@link dev.calotype.sampling.Interpolation} walks from one noise to another. All deterministic samplers solve the same
 * differential equation and agree in the limit of many steps.
 *
 * <p>To extend: a new sampler is a record with a {@code sample} method; what should happen to every predicted image
 * (guidance, masks, thresholds) is a decorator of the denoiser and works with all of them.
 */
package dev.calotype.sampling;
