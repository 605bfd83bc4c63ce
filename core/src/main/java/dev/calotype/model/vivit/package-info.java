/**
 * The Video Vision Transformer: {@link dev.calotype.model.vivit.Vivit}, with a {@link dev.calotype.model.vivit.VivitConfig} for the four
 * models of its paper, what each costs ({@link dev.calotype.model.vivit.VivitCost}), and how one begins as a network for images
 * ({@link dev.calotype.model.vivit.ImageStart}).
 */
package dev.calotype.model.vivit;
