package dev.calotype.drawing;

import dev.calotype.data.numpy.ArrayContent;
import dev.calotype.data.numpy.ArrayContent.ElementType;
import dev.calotype.data.numpy.NumpyFile;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Images in one array of NumPy's, uint8 (N, H, W, C): {@code arr_0} of an {@code .npz}, with the classes of a model that has some
 * as {@code arr_1}, int64 (N), as OpenAI's guided-diffusion writes its samples; or an {@code .npy}, which has room for the images
 * alone. They are written as they are drawn.
 */
final class ImageArrays {
    private static final String ONE = ".npy", SEVERAL = ".npz";

    private ImageArrays() {}

    /** Draws images from the first on, in order. */
    @FunctionalInterface
    interface Painter {
        void to(int count, Taker taker) throws IOException;
    }

    /** Takes the images from number {@code first} on. */
    @FunctionalInterface
    interface Taker {
        void take(int first, List<Picture> images) throws IOException;
    }

    /** Whether a file of this name is an array. */
    static boolean isNamed(Path out) {
        String name = out.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(ONE) || name.endsWith(SEVERAL);
    }

    static void write(Path out, int count, Request request, GenerativeExperiment experiment, Painter painter)
            throws IOException {
        DataSettings data = experiment.data();
        ArrayContent images = new ArrayContent(
                ElementType.UINT8,
                new long[] {count, data.size(), data.size(), data.channels()},
                file -> pixels(file, count, painter));
        if (out.toString().toLowerCase(Locale.ROOT).endsWith(ONE)) {
            NumpyFile.write(out, images);
            return;
        }
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        arrays.put("arr_0", images);
        if (experiment.labelled()) {
            int[] labels = experiment.condition().labels(request.label(), 0, count);
            arrays.put(
                    "arr_1",
                    ArrayContent.of(Arrays.stream(labels).asLongStream().toArray(), count));
        }
        NumpyFile.write(out, arrays);
    }

    /** Pictures of one size that are drawn already. */
    static void write(Path out, List<Picture> pictures) throws IOException {
        Picture first = pictures.get(0);
        ArrayContent images = new ArrayContent(
                ElementType.UINT8,
                new long[] {pictures.size(), first.height(), first.width(), first.channels()},
                file -> pixels(file, pictures.size(), (count, taker) -> taker.take(0, pictures)));
        if (out.toString().toLowerCase(Locale.ROOT).endsWith(ONE)) NumpyFile.write(out, images);
        else NumpyFile.write(out, Map.of("arr_0", images));
    }

    private static void pixels(OutputStream file, int count, Painter painter) throws IOException {
        painter.to(count, (first, images) -> {
            for (Picture image : images) file.write(image.pixels());
        });
    }
}
