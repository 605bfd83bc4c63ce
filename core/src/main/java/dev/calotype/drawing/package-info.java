/** Files of what opened models draw: a {@link dev.calotype.drawing.Gallery}. */
package dev.calotype.drawing;
