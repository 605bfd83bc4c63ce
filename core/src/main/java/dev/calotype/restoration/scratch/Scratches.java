package dev.calotype.restoration.scratch;

import dev.calotype.image.Picture;
import dev.calotype.restoration.scratch.Blobs.Blob;

/**
 * Finds scratches, hairs and dust: what is thin, brighter or darker than all that surrounds it, and long, or small and alone. A fence or
 * a wire in the picture looks the same: the mask is to be looked at.
 */
public final class Scratches {
    private static final float HIGH = 5, LOW = 3; // of the evidence of a line
    private static final float THIN = 1.5f; // contrast of what may belong to a scratch
    private static final float SPECK = 4.5f; // contrast of dust
    private static final float FAINT = 20, STRONG = 30; // levels over the surroundings
    private static final double LONG = 40, SLIM = 5; // pixels; times its breadth
    private static final double PART = 0.3; // of a blob that must be strong
    private static final int USUAL = 600_000; // pixels of a picture whose scratches have few pixels across

    private Scratches() {}

    /**
     * The mask of what was found.
     *
     * @return grey, 255 for what is damaged, 0 for the rest
     */
    public static Picture mask(Picture picture) {
        int width = picture.width(), height = picture.height();
        int radius = (int) Math.max(3, Math.min(8, Math.round(3 * Math.sqrt((double) width * height / USUAL))));
        byte[] mask = new byte[width * height];
        for (int sign : new int[] {1, -1}) {
            ThinStructure thin = ThinStructure.of(Plane.of(picture, sign), radius);
            boolean[] found = found(thin, radius, width);
            for (int i = 0; i < mask.length; i++) if (found[i]) mask[i] = (byte) 255;
        }
        return new Picture(width, height, 1, grown(mask, width, height));
    }

    /** Of one sign: brighter, or darker. */
    private static boolean[] found(ThinStructure thin, int radius, int width) {
        float[] contrast = thin.contrast().values(), height = thin.height().values();
        LineEvidence evidence = LineEvidence.of(thin.contrast(), THIN, radius + 2);
        float[] line = evidence.strength().values();
        byte[] direction = evidence.direction();
        boolean[] thick = new boolean[contrast.length], lines = new boolean[contrast.length];
        for (int i = 0; i < contrast.length; i++) {
            thick[i] = contrast[i] >= THIN && height[i] >= FAINT;
            lines[i] = thick[i] && line[i] >= LOW;
        }
        boolean[] found = new boolean[contrast.length];
        for (Blob blob : Blobs.of(lines, width, (p, q) -> LineEvidence.agree(direction[p], direction[q])))
            if (isScratch(blob, line, radius)) keep(blob, found);
        Plane busy = busy(thick, width, 3 * radius);
        for (Blob blob : Blobs.of(thick, width, (p, q) -> true))
            if (isSpeck(blob, thin, radius) && isAlone(blob, busy, radius)) keep(blob, found);
        return found;
    }

    private static boolean isScratch(Blob blob, float[] line, int radius) {
        return blob.length() >= LONG
                && blob.breadth() <= 2 * radius
                && blob.length() >= SLIM * blob.breadth()
                && share(blob, line, HIGH) >= PART;
    }

    private static boolean isSpeck(Blob blob, ThinStructure thin, int radius) {
        int size = blob.pixels().length;
        return size >= 4
                && size <= 9 * radius * radius
                && blob.length() <= 5 * radius
                && share(blob, thin.contrast().values(), SPECK) >= PART
                && share(blob, thin.height().values(), STRONG) >= PART;
    }

    /** Whether little else that is thin lies around it. */
    private static boolean isAlone(Blob blob, Plane busy, int radius) {
        int size = blob.pixels().length;
        double side = 6.0 * radius + 1;
        return busy.values()[blob.pixels()[size / 2]] * side * side - size <= 0.5 * size + 4;
    }

    private static Plane busy(boolean[] mask, int width, int radius) {
        float[] values = new float[mask.length];
        for (int i = 0; i < values.length; i++) values[i] = mask[i] ? 1 : 0;
        return new Plane(width, mask.length / width, values).mean(radius);
    }

    private static double share(Blob blob, float[] values, float least) {
        int count = 0;
        for (int p : blob.pixels()) if (values[p] >= least) count++;
        return (double) count / blob.pixels().length;
    }

    private static void keep(Blob blob, boolean[] found) {
        for (int p : blob.pixels()) found[p] = true;
    }

    /** By a pixel each way: the edges of a scratch are mixed with what lies below. */
    private static byte[] grown(byte[] mask, int width, int height) {
        float[] values = new float[mask.length];
        for (int i = 0; i < values.length; i++) values[i] = mask[i] == 0 ? 0 : 1;
        float[] grown = new Plane(width, height, values).extreme(1, 1).values();
        byte[] bytes = new byte[mask.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (grown[i] > 0 ? 255 : 0);
        return bytes;
    }
}
