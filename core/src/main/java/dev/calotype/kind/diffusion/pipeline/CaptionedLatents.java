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
    /** The column of the numbers of texts. */
    static final String TEXT = "text";

    /** As {@link #texts} of the same data set had it. */
    static CaptionedLatents of(ImageDataset data, Told told, String pipeline, Path place) {
        return new CaptionedLatents(data, told.texts, told.numbers, pipeline, place);
    }

    /**
     * What is told of pictures.
     *
     * @param texts each once; the first is the empty one
     * @param numbers of the text of each picture
     */
    record Told(List<String> texts, int[] numbers) {}

    /**
     * What is told of the pictures of a data set.
     *
     * @throws IOException if there are such as have no caption, and no prompt, or a word that is to be learned is told of none
     */
    static Told texts(ImageDataset data, TextSettings settings) throws IOException {
        String prompt = settings.prompt();
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
        List<String> texts = new ArrayList<>(known.keySet());
        if (settings.word().used()) AskedTexts.requireTold(texts, settings.word());
        return new Told(texts, numbers);
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
