package dev.calotype.data;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.data.video.ClipSettings.Sampling;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the picture that a network sees: a square of {@code size} x {@code size} pixels, in grey or RGB, perhaps mirrored.
 *
 * @param size of the square in pixels, at least 1
 * @param channels 1 (grey) or 3 (RGB)
 * @param flip whether left and right are exchanged
 * @param crop which square of a picture is seen
 * @param augment what else is done at random
 * @param moments which frames of a longer video are seen
 */
public record Preparation(int size, int channels, Flip flip, Crop crop, Augmentations augment, Sampling moments) {
    private static final long AUGMENTATION = 1;

    /** Which square of a picture is seen. */
    public enum Crop {
        /** The central one, as large as the picture, resized with antialiasing: for pictures as a whole. */
        CENTRE,
        /**
         * One at a random place, at the picture's own resolution: for patches of pictures. A picture whose shorter side
         * is below {@code size} is enlarged to it first.
         */
        RANDOM
    }

    /** Whether left and right are exchanged. */
    public enum Flip {
        /** Never: letters, digits, faces of clocks. */
        NONE,
        /** Half of the time: a picture's mirror image is as likely as the picture. */
        RANDOM
    }

    public Preparation {
        if (size < 1) throw new IllegalArgumentException("size must be at least 1: " + size);
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        if (flip == null) throw new IllegalArgumentException("flip must be NONE or RANDOM: null");
        if (crop == null) throw new IllegalArgumentException("crop must be CENTRE or RANDOM: null");
        if (augment == null) throw new IllegalArgumentException("augment must be there: null");
        if (moments == null) throw new IllegalArgumentException("moments must be EVEN or RANDOM: null");
        if (augment.crops() && crop == Crop.RANDOM)
            throw new IllegalArgumentException("crop must be CENTRE where augment.crop is below 1: RANDOM");
    }

    /** Without augmentation but flips. */
    public Preparation(int size, int channels, Flip flip, Crop crop) {
        this(size, channels, flip, crop, Augmentations.NONE, Sampling.EVEN);
    }

    /** Of the central square. */
    public Preparation(int size, int channels, Flip flip) {
        this(size, channels, flip, Crop.CENTRE);
    }

    /** The same without anything that makes pictures other than they are. */
    public Preparation plain() {
        return new Preparation(size, channels, Flip.NONE, crop);
    }

    /** The prepared picture; {@code rng} decides about the flip, then the crop, and its forks about the rest. */
    public Picture apply(Picture picture, Rng rng) {
        boolean mirrored = flip == Flip.RANDOM && rng.nextLong() < 0;
        Picture fewer = channels == 1 ? Images.withChannels(picture, 1) : picture;
        Picture square = Images.withChannels(square(fewer, rng), channels);
        return augment.apply(mirrored ? Images.mirrored(square) : square, rng.fork(AUGMENTATION));
    }

    /**
     * What a network sees of a sample, one row of each column: an image or a video besides what the sample has. All pictures of
     * a video are prepared alike.
     */
    Columns row(Sample sample, Rng rng) {
        List<Picture> pictures = sample.pictures();
        if (pictures.isEmpty()) return sample.columns();
        if (pictures.size() == 1) {
            byte[] pixels = Images.planar(apply(pictures.get(0), rng));
            return sample.columns().with(Columns.IMAGE, new Column.Bytes(pixels, List.of(channels, size, size)));
        }
        List<Column> frames = new ArrayList<>();
        for (Picture picture : pictures) {
            byte[] pixels = Images.planar(apply(picture, rng.fork(0)));
            frames.add(new Column.Bytes(pixels, List.of(channels, size, size)));
        }
        byte[] video = ((Column.Bytes) frames.get(0).joined(frames)).values();
        return sample.columns()
                .with(Columns.VIDEO, new Column.Bytes(video, List.of(pictures.size(), channels, size, size)));
    }

    private Picture square(Picture picture, Rng rng) {
        if (augment.crops()) return augment.cropped(picture, size, rng);
        if (crop == Crop.CENTRE || Math.min(picture.width(), picture.height()) <= size)
            return Resize.cover(picture, size);
        int left = (int) Math.floorMod(rng.nextLong(), (long) picture.width() - size + 1);
        int top = (int) Math.floorMod(rng.nextLong(), (long) picture.height() - size + 1);
        return Images.crop(picture, left, top, size, size);
    }
}
