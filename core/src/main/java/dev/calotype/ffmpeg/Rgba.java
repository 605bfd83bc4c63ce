package dev.calotype.ffmpeg;

/**
 * The colours of a frame: 8-bit red, green, blue and alpha of each pixel, rows top to bottom.
 *
 * @param width in pixels
 * @param height in pixels
 * @param grey whether the frame has no colours
 * @param pixels {@code 4 * width * height} unsigned bytes; not copied
 */
public record Rgba(int width, int height, boolean grey, byte[] pixels) {}
