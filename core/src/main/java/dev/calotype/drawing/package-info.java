/**
 * Files of what opened models draw: a {@link dev.calotype.drawing.Gallery} of samples and of what lies between two, and
 * {@link dev.calotype.drawing.InterpolationStudy}, two ways from one noise to another compared.
 */
package dev.calotype.drawing;
