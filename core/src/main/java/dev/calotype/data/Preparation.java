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
import java.util.function.UnaryOperator;

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
        if (sample.pictures().size() == 1) return row(sample, picture -> apply(picture, rng));
        return row(sample, picture -> apply(picture, rng.fork(0)));
    }

    /**
     * Several looks at a sample, without anything random: squares spread over the longer side, the shorter one being {@code size}; one is the central
     * square.
     *
     * @param crops at least 1
     * @return a row of each column for each look
     */
    public List<Columns> views(Sample sample, int crops) {
        if (crops < 1) throw new IllegalArgumentException("crops must be at least 1: " + crops);
        List<Columns> rows = new ArrayList<>();
        for (int i = 0; i < crops; i++) {
            int crop = i;
            rows.add(row(sample, picture -> view(picture, crop, crops)));
        }
        return rows;
    }

    private Picture view(Picture picture, int crop, int crops) {
        if (crops == 1)
            return Images.withChannels(Resize.cover(Images.withChannels(picture, channels), size), channels);
        int shorter = Math.min(picture.width(), picture.height()), longer = Math.max(picture.width(), picture.height());
        int free = longer - shorter, at = (int) Math.round((double) free * crop / (crops - 1));
        boolean wide = picture.width() > picture.height();
        Picture square = Images.crop(picture, wide ? at : 0, wide ? 0 : at, shorter, shorter);
        return Resize.cover(Images.withChannels(square, channels), size);
    }

    private Columns row(Sample sample, UnaryOperator<Picture> prepared) {
        List<Column> frames = new ArrayList<>();
        for (Picture picture : sample.pictures())
            frames.add(new Column.Bytes(Images.planar(prepared.apply(picture)), List.of(channels, size, size)));
        if (frames.isEmpty()) return sample.columns();
        if (frames.size() == 1) return sample.columns().with(Columns.IMAGE, frames.get(0));
        byte[] video = ((Column.Bytes) frames.get(0).joined(frames)).values();
        return sample.columns()
                .with(Columns.VIDEO, new Column.Bytes(video, List.of(frames.size(), channels, size, size)));
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
