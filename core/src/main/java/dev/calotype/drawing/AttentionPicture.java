package dev.calotype.drawing;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
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
        int side = Math.max(SIDE, seen.width());
        Picture large = Images.withChannels(Resize.to(seen, side, side, Resize.Filter.BICUBIC), 3);
        byte[] levels = new byte[shares.length];
        double most = 0;
        for (float share : shares) most = Math.max(most, share);
        for (int i = 0; i < levels.length; i++) levels[i] = (byte) Math.round(255 * shares[i] / Math.max(most, 1e-12));
        Picture light = Resize.to(new Picture(columns, rows, 1, levels), side, side, Resize.Filter.BICUBIC);
        byte[] lit = large.pixels().clone();
        for (int i = 0; i < lit.length; i++) {
            double share = (light.pixels()[i / 3] & 0xFF) / 255.0;
            lit[i] = (byte) Math.round((lit[i] & 0xFF) * (DARKEST + (1 - DARKEST) * share));
        }
        return Images.grid(List.of(large, new Picture(side, side, 3, lit)), 2, GAP);
    }
}
