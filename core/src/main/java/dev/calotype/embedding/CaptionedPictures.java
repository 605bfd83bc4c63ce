package dev.calotype.embedding;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.rooms.Rooms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those pictures of a data set that have a caption.
 *
 * @param all the data set, owned
 * @param captioned the indices of those that have one
 */
public record CaptionedPictures(ImageDataset all, int[] captioned) implements Chosen {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionedPictures.class);

    /**
     * The data set itself if every picture has a caption; of two that are blended each by itself.
     *
     * @throws IOException if none of one has
     */
    public static ImageDataset of(ImageDataset data) throws IOException {
        return BlendedDataset.each(data, (part, share) -> captionedOf(part));
    }

    private static ImageDataset captionedOf(ImageDataset data) throws IOException {
        if (data instanceof Rooms) return data; // endless, and each has one
        int[] captioned = captioned(data);
        if (captioned.length == data.size()) return data;
        LOG.warn(
                "{} of the {} pictures of {} have no caption and are left out",
                data.size() - captioned.length,
                data.size(),
                data.name());
        return new CaptionedPictures(data, captioned);
    }

    /**
     * Tells how many pictures of a data set have no caption.
     *
     * @throws IOException if none has one
     */
    public static void requireSome(ImageDataset data) throws IOException {
        int captioned = captioned(data).length;
        if (captioned < data.size())
            LOG.warn(
                    "{} of the {} pictures of {} have no caption, of which nothing is read",
                    data.size() - captioned,
                    data.size(),
                    data.name());
    }

    private static int[] captioned(ImageDataset data) throws IOException {
        if (data.size() > Integer.MAX_VALUE)
            throw new IOException(data.name() + " has " + data.size() + " pictures, too many to look for captions");
        int[] captioned = new int[(int) data.size()];
        int count = 0;
        for (int i = 0; i < captioned.length; i++) if (!data.caption(i).isBlank()) captioned[count++] = i;
        if (count == 0)
            throw new IOException(
                    data.name() + " has no captions: this is learned from pictures with a .txt file beside"
                            + " each, or with a captions.jsonl");
        return Arrays.copyOf(captioned, count);
    }

    /** The captions of a data set, at most {@code most}, evenly spread over it. */
    public static List<String> captions(ImageDataset data, int most) throws IOException {
        long count = Math.min(most, data.size());
        long step = data instanceof Rooms ? 1 : data.size() / count;
        List<String> captions = new ArrayList<>();
        for (long i = 0; i < count; i++) captions.add(data.caption(i * step));
        return captions;
    }

    @Override
    public long size() {
        return captioned.length;
    }

    @Override
    public long place(long index) {
        return captioned[(int) Objects.checkIndex(index, size())];
    }
}
