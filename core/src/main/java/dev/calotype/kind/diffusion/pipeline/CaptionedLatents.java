package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.column.Column;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures as latents, with the number of their text as the column {@link #TEXT}. No picture is read.
 *
 * @param all the latents, owned
 * @param texts what is told of pictures, each once; the first is the empty one
 * @param numbers of the text of each latent
 * @param pipeline fingerprint of what made the latents and will learn
 * @param place where that is
 */
record CaptionedLatents(ImageDataset all, List<String> texts, int[] numbers, String pipeline, Path place)
        implements Chosen {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionedLatents.class);

    /** The column of the numbers of texts. */
    static final String TEXT = "text";

    /**
     * @param prompt of pictures without a caption
     * @throws IOException if there are such, and no prompt
     */
    static CaptionedLatents of(ImageDataset data, String prompt, String pipeline, Path place) throws IOException {
        Map<String, Integer> known = new LinkedHashMap<>(Map.of("", 0));
        int[] numbers = new int[Math.toIntExact(data.size())];
        int silent = 0;
        for (int row = 0; row < numbers.length; row++) {
            String caption = data.caption(row);
            String told = caption.isBlank() ? prompt : caption;
            if (told.isBlank()) silent++;
            numbers[row] = known.computeIfAbsent(told, text -> known.size());
        }
        if (silent > 0)
            throw new IOException(
                    silent + " of the " + numbers.length + " pictures of " + data.name()
                            + " have no caption: put a .txt file beside each, or say texts.prompt, which is told of all that have none");
        if (!prompt.isBlank() && !known.containsKey(prompt))
            LOG.warn("All pictures of {} have captions of their own: none is told \"{}\"", data.name(), prompt);
        return new CaptionedLatents(data, new ArrayList<>(known.keySet()), numbers, pipeline, place);
    }

    @Override
    public long size() {
        return all.size();
    }

    @Override
    public long place(long row) {
        return row;
    }

    @Override
    public Sample read(long row) throws IOException {
        return all.read(row).with(TEXT, new Column.Numbers(numbers[(int) row]));
    }
}
