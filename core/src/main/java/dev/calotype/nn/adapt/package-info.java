/**
 * Layers that add to what they compute what two small {@link dev.calotype.nn.adapt.LowRank factors} make of the same input, so that a
 * frozen network of bf16 weights can learn in fp32. Every large layer is one of them; {@link dev.calotype.nn.adapt.Adaptables} finds
 * those of a network by name. Without factors they compute what they always did.
 */
package dev.calotype.nn.adapt;
