/**
 * Pictures of falling leaves, drawn on the fly: a model of natural pictures for networks that must know edges, textures and
 * shades but nothing of the world. Shapes of all sizes cover each other (the dead leaves model; Lee, Mumford &amp; Huang,
 * <em>Occlusion Models for Natural Images</em>, 2001); denoisers trained on them come close to those trained on photographs
 * (Achddou, Gousseau &amp; Ladjal, <em>Synthetic images as a regularity prior for image restoration neural networks</em>,
 * 2021). {@link dev.calotype.data.leaves.Leaves} is the data set. A new ingredient is a method of {@code LeafScene} or
 * another paint.
 */
package dev.calotype.data.leaves;
