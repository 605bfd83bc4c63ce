package dev.calotype.judge;

import dev.calotype.data.Gaps;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.judge.Scorer.Need;
import dev.calotype.metric.FeatureReservoir;
import dev.calotype.metric.NearestNeighbours;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The first drawn pictures, not selected, and beside each the real ones that are nearest to it in the eyes of a network.
 *
 * @param sheet a row for each drawn picture, which is at the left
 * @param rows the same in words
 */
public record Neighbours(Picture sheet, List<Row> rows) {
    private static final int NEAREST = 3, GAP = 2;

    public Neighbours {
        rows = List.copyOf(rows);
    }

    /**
     * A drawn picture and its neighbours.
     *
     * @param ratio as {@link NearestNeighbours} has it: about 1 and above for new pictures, near 0 for copies
     */
    public record Row(String picture, List<String> real, double ratio) {
        public Row {
            real = List.copyOf(real);
        }
    }

    /**
     * Looks for those of the first {@code shown} pictures of a side, among as many real ones as features are held of.
     *
     * @param plan says how pictures are prepared and among how many real ones is looked
     * @throws IllegalArgumentException if a side is of statistics alone, or too small
     */
    public static Neighbours of(Judge judge, PictureSource generated, PictureSource real, Judge.Plan plan, int shown) {
        require(generated, real);
        long most = Math.min(plan.references(), judge.protocol().capacity());
        long references = Math.min(most, real.available());
        long count = Math.min(Math.min(shown, plan.images()), generated.available());
        Side reference = judge.reference(real, seen(plan), references);
        requireEnough(reference.shown());
        FeatureReservoir held = reference.features().reservoir();
        List<Picture> drawn = new ArrayList<>();
        List<Tensor> batches = new ArrayList<>();
        Gaps gaps = generated
                .batches(plan.preparation(), count, (int) count, judge.progress())
                .forEach(pixels -> {
                    drawn.addAll(Images.pictures(Images.ofPixels(pixels)));
                    batches.add(Scope.keep(() -> judge.network().features(pixels)));
                });
        NearestNeighbours found = Scope.read(
                () -> NearestNeighbours.of(held.tensor(), Tensors.cat(0, batches.toArray(Tensor[]::new)), NEAREST));
        batches.forEach(Tensor::close);
        List<Picture> cells = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            cells.add(drawn.get(i));
            List<String> names = new ArrayList<>();
            for (int nearest : found.indices()[i]) {
                long position = reference.position(nearest);
                cells.add(real.pixels(position, plan.preparation()));
                names.add(real.picture(position));
            }
            rows.add(new Row(generated.picture(gaps.position(i)), names, found.ratios()[i]));
        }
        return new Neighbours(Images.grid(cells, 1 + NEAREST, GAP), rows);
    }

    /** The same, with features looked at. */
    private static Judge.Plan seen(Judge.Plan plan) {
        if (plan.needs(Need.FEATURES)) return plan;
        return new Judge.Plan(
                plan.preparation(),
                plan.images(),
                plan.references(),
                Measure.usual(),
                plan.perceptual(),
                plan.pairSize());
    }

    /** Throws IllegalArgumentException where {@link #of} would. */
    public static void require(PictureSource generated, PictureSource real) {
        requirePictures(generated);
        requirePictures(real);
        requireEnough(real.available());
    }

    private static void requireEnough(long real) {
        if (real <= NEAREST)
            throw new IllegalArgumentException(
                    "neighbours are looked for among more than " + NEAREST + " real pictures: " + real);
    }

    private static void requirePictures(PictureSource side) {
        if (side instanceof PictureSource.Summarised known && known.pictures() == null)
            throw new IllegalArgumentException(side.name() + " has statistics alone: neighbours need its pictures");
    }
}
