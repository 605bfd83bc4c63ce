package dev.calotype.data.rooms;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Draws a room in two passes. Java2D paints each surface's number, far to near, on a canvas finer than the picture;
 * then every point of the canvas is put back into the room, textured and lit, and the points of a pixel are averaged.
 * Sensor noise comes last. A renderer is used for one picture by one thread.
 */
final class Renderer {
    /** Points of the canvas per pixel along each axis. */
    private static final int FINE = 4;
    /** Points that share their shading, along each axis. */
    private static final int CELL = 2;

    private final Room room;
    private final int size;
    private final float[] light;

    Renderer(RoomScene scene, int size) {
        room = new Room(scene);
        this.size = size;
        light = new float[size * size * 3];
    }

    Picture render() {
        shade(numbers());
        return expose();
    }

    /** The number of the surface, from 1, that each point of the canvas shows. */
    private int[] numbers() {
        int side = size * FINE;
        BufferedImage canvas = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = canvas.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        int number = 0;
        for (Surface surface : room.surfaces) {
            g.setColor(new Color(++number));
            g.fill(outline(surface, side));
        }
        g.dispose();
        return ((DataBufferInt) canvas.getRaster().getDataBuffer()).getData();
    }

    private Path2D outline(Surface surface, int side) {
        double[] uv = surface.outline();
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO, uv.length / 2 + 1);
        for (int i = 0; i < uv.length; i += 2) {
            double[] p = room.camera.project(surface.at(uv[i], uv[i + 1]));
            double x = (p[0] + 1) * side / 2;
            double y = (1 - p[1]) * side / 2;
            if (i == 0) path.moveTo(x, y);
            else path.lineTo(x, y);
        }
        path.closePath();
        return path;
    }

    /**
     * Cells of {@link #CELL} x {@link #CELL} points are shaded once for each surface that they show, in the middle of
     * its points and weighted by their number.
     */
    private void shade(int[] numbers) {
        Shader[] shaders =
                room.surfaces.stream().map(s -> new Shader(s, room.camera)).toArray(Shader[]::new);
        Light lamps = new Light(room);
        Fragment f = new Fragment();
        int side = size * FINE;
        for (int y = 0; y < side; y += CELL) {
            for (int x = 0; x < side; x += CELL) {
                int at = (y / FINE * size + x / FINE) * 3;
                int seen = 0;
                for (int i = 0; i < CELL * CELL; i++) {
                    if ((seen >> i & 1) != 0) continue;
                    int number = numbers[(y + i / CELL) * side + x + i % CELL];
                    int sumX = 0;
                    int sumY = 0;
                    int count = 0;
                    for (int j = i; j < CELL * CELL; j++) {
                        if (numbers[(y + j / CELL) * side + x + j % CELL] != number) continue;
                        seen |= 1 << j;
                        sumX += j % CELL;
                        sumY += j / CELL;
                        count++;
                    }
                    Shader shader = shaders[(number & 0xFFFFFF) - 1];
                    double middle = 2.0 / count;
                    shader.cast((2 * x + 1 + sumX * middle) / side - 1, 1 - (2 * y + 1 + sumY * middle) / side, f);
                    lamps.shade(f, shader.finish);
                    float share = count * (1f / (FINE * FINE));
                    light[at] += share * tone(f.r);
                    light[at + 1] += share * tone(f.g);
                    light[at + 2] += share * tone(f.b);
                }
            }
        }
    }

    /** A film's shoulder: linear in the dark, 1 for light of 2 and more. */
    private static float tone(double x) {
        return (float) Math.min(1, x * (1 + x / 4) / (1 + x * 0.5));
    }

    private Picture expose() {
        double sigma = Nuisance.NOISE.of(room.scene()) * 255;
        Rng rng = Nuisance.stream(room.scene(), 102);
        byte[] pixels = new byte[light.length];
        for (int i = 0; i < pixels.length; i += 3) {
            long bits = rng.nextLong();
            for (int c = 0; c < 3; c++) {
                double code = Gamma.code(light[i + c]) + sigma * normal((int) (bits >>> 21 * c));
                pixels[i + c] = (byte) Math.max(0, Math.min(255, Math.round(code)));
            }
        }
        return new Picture(size, size, 3, pixels);
    }

    /** Nearly standard normal: the sum of three uniforms of 7 bits each. */
    private static double normal(int bits) {
        return ((bits & 127) + (bits >>> 7 & 127) + (bits >>> 14 & 127) - 190.5) / 64;
    }
}
