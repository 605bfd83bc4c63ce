/**
 * Fine-tuning as a way to make weights, not as layers: {@link dev.calotype.train.adapt.Adaptation} says which weights of a network learn,
 * and which of them are made of a frozen weight and small {@link dev.calotype.train.adapt.Factors}. A step computes the gradient of the whole
 * weight as ever, and that of the factors follows from it. So no layer knows of adapters, and a merged network is the same network.
 */
package dev.calotype.train.adapt;
