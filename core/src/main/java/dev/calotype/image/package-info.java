/** Files to pictures to tensors in [-1, 1] and back: decoding by content, antialiased resizing, grids. No networks. */
package dev.calotype.image;
