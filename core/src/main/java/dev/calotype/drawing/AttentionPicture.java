package dev.calotype.drawing;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where a classifier looks: a picture, and beside it the same one, the darker the less a place is looked at. */
public final class AttentionPicture {
    private static final int SIDE = 224;
    private static final int GAP = 4;
    private static final double DARKEST = 0.15;

    private AttentionPicture() {}

    /**
     * The two side by side.
     *
     * @param seen the square that the network saw
     * @param shares of its places, (rows, columns) in row-major order
     */
    public static Picture of(Picture seen, float[] shares, int rows, int columns) {
        return Images.grid(pair(seen, shares, new Places(rows, columns, most(shares))), 2, GAP);
    }

    /**
     * Those of a clip: its pictures side by side, and below each the same one, all with one measure of brightness.
     *
     * @param seen the pictures that the network saw
     * @param shares of their places, (pictures, rows, columns) in row-major order
     */
    public static Picture of(List<Picture> seen, float[] shares, int rows, int columns) {
        Places places = new Places(rows, columns, most(shares));
        List<Picture> above = new ArrayList<>(), below = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            float[] own = Arrays.copyOfRange(shares, i * rows * columns, (i + 1) * rows * columns);
            List<Picture> pair = pair(seen.get(i), own, places);
            above.add(pair.get(0));
            below.add(pair.get(1));
        }
        above.addAll(below);
        return Images.grid(above, seen.size(), GAP);
    }

    /** How shares lie, and the one that is brightest. */
    private record Places(int rows, int columns, double most) {}

    private static double most(float... shares) {
        double most = 1e-12;
        for (float share : shares) most = Math.max(most, share);
        return most;
    }

    private static List<Picture> pair(Picture seen, float[] shares, Places places) {
        int side = Math.max(SIDE, seen.width());
        Picture large = Images.withChannels(Resize.to(seen, side, side, Resize.Filter.BICUBIC), 3);
        byte[] levels = new byte[shares.length];
        for (int i = 0; i < levels.length; i++) levels[i] = (byte) Math.round(255 * shares[i] / places.most);
        Picture light =
                Resize.to(new Picture(places.columns, places.rows, 1, levels), side, side, Resize.Filter.BICUBIC);
        byte[] lit = large.pixels().clone();
        for (int i = 0; i < lit.length; i++) {
            double share = (light.pixels()[i / 3] & 0xFF) / 255.0;
            lit[i] = (byte) Math.round((lit[i] & 0xFF) * (DARKEST + (1 - DARKEST) * share));
        }
        return List.of(large, new Picture(side, side, 3, lit));
    }
}
