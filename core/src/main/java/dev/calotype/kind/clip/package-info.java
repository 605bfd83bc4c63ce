/**
 * CLIP trained from scratch on pictures with captions: an image encoder and a text encoder that put what belongs together side by
 * side.
 */
package dev.calotype.kind.clip;
