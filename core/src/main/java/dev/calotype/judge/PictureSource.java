package dev.calotype.judge;

import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Where the pictures of one side of a judgement come from. */
public sealed interface PictureSource {
    /** What it is, with all that the pictures depend on. */
    String name();

    /** How many pictures there are; a model has any number. */
    long available();

    /** The name of the picture that comes at {@code position}. */
    String picture(long position);

    /** The picture that comes at {@code position}, prepared. */
    Picture pixels(long position, Preparation preparation);

    /** {@code count} pictures, or all if there are fewer, in batches of {@code batch}. */
    PixelBatches batches(Preparation preparation, long count, int batch, Progress progress);

    /** Drawn from a model. */
    record Drawn(Drawing drawing) implements PictureSource {
        @Override
        public String name() {
            return drawing.name();
        }

        @Override
        public long available() {
            return Long.MAX_VALUE;
        }

        @Override
        public String picture(long position) {
            return "image " + position + " of seed " + drawing.seed();
        }

        @Override
        public Picture pixels(long position, Preparation preparation) {
            return Scope.read(() -> Images.pictures(drawing.images(position, 1)).get(0));
        }

        @Override
        public PixelBatches batches(Preparation preparation, long count, int batch, Progress progress) {
            DataSettings own = drawing.data();
            if (own.size() != preparation.size() || own.channels() != preparation.channels())
                throw new IllegalArgumentException(name() + " draws " + own.size() + " x "
                        + own.size() + " pixels of " + own.channels() + " channels, the other side has "
                        + preparation.size() + " x " + preparation.size() + " of " + preparation.channels());
            return PixelBatches.generated(drawing, count, batch, progress);
        }
    }

    /**
     * Statistics of pictures that nobody has any more, or that lie beside them.
     *
     * @param pictures null where there are none
     */
    record Summarised(StatisticsFile file, Stored pictures) implements PictureSource {
        @Override
        public String name() {
            return file.path().toString();
        }

        @Override
        public long available() {
            return file.count() == 0 ? Long.MAX_VALUE : file.count();
        }

        @Override
        public String picture(long position) {
            return pictures.picture(position);
        }

        @Override
        public Picture pixels(long position, Preparation preparation) {
            return pictures.pixels(position, preparation);
        }

        @Override
        public PixelBatches batches(Preparation preparation, long count, int batch, Progress progress) {
            return pictures.batches(preparation, count, batch, progress);
        }
    }

    /** Of a folder, an archive or a built-in data set, in random order. */
    record Stored(ImageDataset data) implements PictureSource {
        private static final long SEED = 0;

        @Override
        public String name() {
            return data.name();
        }

        @Override
        public long available() {
            return data.size();
        }

        @Override
        public String picture(long position) {
            return sample(position).name();
        }

        @Override
        public Picture pixels(long position, Preparation preparation) {
            return preparation.plain().apply(sample(position).image(), Batches.chance(SEED, position));
        }

        private Sample sample(long position) {
            try {
                return Batches.sample(data, SEED, position);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public PixelBatches batches(Preparation preparation, long count, int batch, Progress progress) {
            return PixelBatches.real(data, preparation, count, batch, progress);
        }
    }
}
