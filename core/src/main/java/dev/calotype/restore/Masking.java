package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Keeps some pixels, in all channels alike, and sets the missing ones to 0, which is mid-grey. A Aᵀ is A, so that
 * inverting only scales.
 */
public final class Masking implements LinearOperator {
    private static final int BRIGHT = 128;

    private final int height;
    private final int width;
    private final byte[] kept;

    /**
     * The mask that keeps the pixels where {@code kept} is not 0, row by row.
     *
     * @throws IllegalArgumentException if nothing is kept
     */
    public Masking(int height, int width, byte[] kept) {
        if (kept.length != (long) height * width)
            throw new IllegalArgumentException(kept.length + " values do not fill a mask of " + height + " x " + width);
        this.height = height;
        this.width = width;
        this.kept = new byte[kept.length];
        for (int i = 0; i < kept.length; i++) this.kept[i] = (byte) (kept[i] == 0 ? 0 : 1);
        if (keptPixels() == 0) throw new IllegalArgumentException("a mask must keep at least 1 pixel: it keeps none");
    }

    /** The mask that keeps all pixels. */
    static Masking whole(Size size) {
        byte[] kept = new byte[Math.toIntExact(size.height() * size.width())];
        Arrays.fill(kept, (byte) 1);
        return new Masking(Math.toIntExact(size.height()), Math.toIntExact(size.width()), kept);
    }

    /** The mask that keeps what is bright in {@code mask}, 128 and above in grey. */
    public static Masking keeping(Picture mask) {
        return ofBrightness(mask, 0);
    }

    /** The mask that misses what is bright in {@code mask}, 128 and above in grey. */
    public static Masking missing(Picture mask) {
        return ofBrightness(mask, 1);
    }

    private static Masking ofBrightness(Picture mask, int flip) {
        byte[] pixels = Images.withChannels(mask, 1).pixels().clone();
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (((pixels[i] & 0xFF) >= BRIGHT ? 1 : 0) ^ flip);
        return new Masking(mask.height(), mask.width(), pixels);
    }

    /** How many pixels are kept, at least 1. */
    public int keptPixels() {
        int count = 0;
        for (byte pixel : kept) count += pixel;
        return count;
    }

    /** Whether a square of so many pixels a side is missing somewhere. */
    public boolean missesSquare(int side) {
        int[] largest = new int[width + 1]; // that ends at the pixel to the left, of this row or else of the row above
        for (int y = 0; y < height; y++)
            for (int x = 0, before = 0; x < width; x++) {
                int above = largest[x + 1];
                boolean known = kept[y * width + x] != 0;
                largest[x + 1] = known ? 0 : 1 + Math.min(before, Math.min(above, largest[x]));
                if (largest[x + 1] >= side) return true;
                before = above;
            }
        return false;
    }

    /** The mask that also misses the pixels where {@code hidden}, (1, 1, H, W), is not 0. */
    Masking without(Tensor hidden) {
        float[] gone = Tensors.floats(hidden);
        byte[] fewer = kept.clone();
        for (int i = 0; i < fewer.length; i++) if (gone[i] != 0) fewer[i] = 0;
        return new Masking(height, width, fewer);
    }

    /** Whether each pixel is missing, row by row. */
    boolean[] missing() {
        boolean[] missing = new boolean[kept.length];
        for (int i = 0; i < missing.length; i++) missing[i] = kept[i] == 0;
        return missing;
    }

    /** Height and width of the mask. */
    public Size size() {
        return new Size(height, width);
    }

    /** The mask as (1, 1, H, W) of 1 for kept and 0 for missing pixels, in the type and on the device of {@code like}. */
    public Tensor mask(Tensor like) {
        return Tensors.as(Tensors.of(kept, 1, 1, height, width), like);
    }

    /** The mask as a picture: what is kept is white. */
    public Picture picture() {
        byte[] pixels = new byte[kept.length];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) -kept[i];
        return new Picture(width, height, 1, pixels);
    }

    @Override
    public Tensor apply(Tensor image) {
        observedSize(Size.of(image));
        return image.mul(mask(image));
    }

    @Override
    public Tensor adjoint(Tensor observed) {
        return apply(observed);
    }

    @Override
    public Tensor invert(Tensor observed, double ridge) {
        Tensor seen = apply(observed);
        return ridge == 0 ? seen : Tensors.scale(1 / (1 + ridge), seen);
    }

    @Override
    public Size imageSize(Size observed) {
        return observedSize(observed);
    }

    /** @throws IllegalArgumentException if the mask is of another size */
    @Override
    public Size observedSize(Size image) {
        if (!image.equals(size()))
            throw new IllegalArgumentException(
                    "a mask must have the size of its picture, " + image + " pixels: " + size());
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Masking m && size().equals(m.size()) && Arrays.equals(kept, m.kept);
    }

    @Override
    public int hashCode() {
        return 31 * size().hashCode() + Arrays.hashCode(kept);
    }

    @Override
    public String toString() {
        return "Masking[" + size() + ", " + keptPixels() + " kept]";
    }
}
