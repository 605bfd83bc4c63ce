/**
 * The engine under everything: native memory ({@link dev.calotype.tensor.Scope}), randomness
 * ({@link dev.calotype.tensor.Rng}), where and in what precision networks compute
 * ({@link dev.calotype.tensor.Placement}), and the few tensor expressions that the binding makes noisy
 * ({@link dev.calotype.tensor.Tensors}).
 *
 * <p>A tensor is {@link org.bytedeco.pytorch.Tensor} itself. Who makes a tensor inside a scope need not free it; who
 * keeps one for long takes it with {@link dev.calotype.tensor.Scope#keep} and closes it.
 */
package dev.calotype.tensor;
