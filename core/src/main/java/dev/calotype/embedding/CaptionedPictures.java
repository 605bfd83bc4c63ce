package dev.calotype.embedding;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.data.rooms.Rooms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of data sets has a caption. */
public final class CaptionedPictures {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionedPictures.class);
    private static final String NONE = " has no captions: this is learned from pictures with a .txt file beside"
            + " each, or with a captions.jsonl";

    private CaptionedPictures() {}

    /**
     * Those pictures that have a caption, of two sets that are blended each by itself; the data set itself if all have.
     *
     * @throws IOException if none of one has
     */
    public static ImageDataset of(ImageDataset data) throws IOException {
        return BlendedDataset.each(
                data,
                (part, share) -> part instanceof Rooms // endless, and each has one
                        ? part
                        : Selected.where(part, place -> !part.caption(place).isBlank(), "caption", NONE));
    }

    /**
     * Looks for a caption, in two sets that are blended for one in each, and no further: {@link #of} reads them all.
     *
     * @throws IOException if there is none
     */
    public static void require(ImageDataset data) throws IOException {
        BlendedDataset.each(data, (part, share) -> {
            for (long place = 0; place < part.size(); place++)
                if (!part.caption(place).isBlank()) return part;
            throw new IOException(part.name() + NONE);
        });
    }

    /**
     * Tells how many pictures of a data set have no caption.
     *
     * @throws IOException if none has one
     */
    public static void requireSome(ImageDataset data) throws IOException {
        long silent = data.size()
                - Selected.places(data, place -> !data.caption(place).isBlank(), NONE).length;
        if (silent > 0)
            LOG.warn(
                    "{} of the {} pictures of {} have no caption, of which nothing is read",
                    silent,
                    data.size(),
                    data.name());
    }

    /** The captions of a data set, at most {@code most}, evenly spread over it. */
    public static List<String> captions(ImageDataset data, int most) throws IOException {
        long count = Math.min(most, data.size());
        long step = data instanceof Rooms ? 1 : data.size() / count;
        List<String> captions = new ArrayList<>();
        for (long i = 0; i < count; i++) captions.add(data.caption(i * step));
        return captions;
    }
}
