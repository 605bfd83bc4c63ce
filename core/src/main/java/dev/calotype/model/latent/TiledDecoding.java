package dev.calotype.model.latent;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pictures of latents, tile by tile: what a decoder computes grows with the tile and not with the picture. Tiles overlap by a quarter
 * and fade into each other, as with {@code enable_tiling} of diffusers. A decoder that looks at all of its latents at once sees a tile
 * alone, so that the picture is nearly, not quite, the one that it would make of all.
 *
 * @param side of a tile in latents, a multiple of 4, at least 4
 */
public record TiledDecoding(int side) {
    private static final int USUAL = 64;

    /** What a value of a map takes in bf16, times how many maps of the widest layer are there at once. */
    private static final long BYTES = 2 * 3;

    private static final long MOST_BYTES = 1_750_000_000;

    public TiledDecoding {
        if (side < 4 || side % 4 != 0) throw new IllegalArgumentException("side must be a multiple of 4: " + side);
    }

    /** Tiles of 64 latents. */
    public TiledDecoding() {
        this(USUAL);
    }

    /**
     * Bytes that decoding a picture takes besides the weights, in bf16; about, and twice as much in fp32.
     *
     * @param channels of the decoder's maps at the size of the picture, at most
     */
    static long bytes(int channels, long pixels) {
        return BYTES * channels * pixels;
    }

    /** Whether the estimate for one picture is above 1.75 GB, so that latents (N, L, h, w) are better decoded in tiles. */
    public static boolean isWorthwhile(Autoencoder autoencoder, Tensor latents) {
        long f = autoencoder.factor();
        return bytes(autoencoder.widest(), f * f * latents.size(2) * latents.size(3)) > MOST_BYTES;
    }

    /**
     * The pictures of latents.
     *
     * @param latents (N, L, h, w)
     * @return fp32 (N, C, f h, f w), in the caller's scope
     */
    public Tensor decode(Autoencoder autoencoder, Tensor latents) {
        int f = autoencoder.factor(), stride = side * 3 / 4, fade = side / 4 * f;
        long height = latents.size(2), width = latents.size(3);
        return Scope.inference(() -> {
            Tensor whole = Device.of(latents)
                    .move(torch.zeros(
                            latents.size(0), autoencoder.pictureChannels(), f * height, f * width)); // (N, C, f h, f w)
            List<Tensor> above = List.of();
            for (int top = 0; top < height; top += stride) {
                List<Tensor> row = new ArrayList<>();
                for (int left = 0; left < width; left += stride) {
                    Tensor z = part(latents, top, left);
                    Tensor before = row.isEmpty() ? null : row.get(row.size() - 1);
                    Tensor over = above.isEmpty() ? null : above.get(row.size());
                    Tensor tile = Scope.tidy(() -> {
                        Tensor decoded = autoencoder.decode(z); // (N, C, f t, f t)
                        return faded(before, faded(over, decoded, 2, fade), 3, fade);
                    });
                    row.add(tile);
                    put(whole, tile, (long) f * top, (long) f * left, (long) f * stride);
                }
                for (Tensor tile : above) tile.close();
                above = row;
            }
            return whole;
        });
    }

    private Tensor part(Tensor latents, int top, int left) {
        return latents.narrow(2, top, Math.min(side, latents.size(2) - top))
                .narrow(3, left, Math.min(side, latents.size(3) - left));
    }

    /** The part of a tile that no later one covers. */
    private static void put(Tensor whole, Tensor tile, long top, long left, long side) {
        long height = Math.min(side, tile.size(2)), width = Math.min(side, tile.size(3));
        Scope.run(() -> whole.narrow(2, top, height)
                .narrow(3, left, width)
                .copy_(tile.narrow(2, 0, height).narrow(3, 0, width)));
    }

    /** A tile that begins as its neighbour ends. */
    private static Tensor faded(Tensor neighbour, Tensor tile, int axis, int extent) {
        if (neighbour == null) return tile;
        long count = Math.min(extent, Math.min(neighbour.size(axis), tile.size(axis)));
        float[] shares = new float[(int) count];
        for (int i = 0; i < count; i++) shares[i] = (float) i / count;
        long[] shape = {1, 1, 1, 1};
        shape[axis] = count;
        Tensor share = Tensors.as(Tensors.of(shares, shape), tile);
        Tensor end = neighbour.narrow(axis, neighbour.size(axis) - count, count);
        Tensor begin = tile.narrow(axis, 0, count);
        Tensor mixed = end.add(share.mul(begin.sub(end)));
        return Tensors.cat(axis, mixed, tile.narrow(axis, count, tile.size(axis) - count));
    }
}
