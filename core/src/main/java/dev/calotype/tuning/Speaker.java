package dev.calotype.tuning;

import dev.calotype.image.Picture;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Draws pictures of texts. */
interface Speaker extends Closeable {
    /**
     * The pictures {@code first} to {@code first + count - 1}, of the texts at these places; each is the same in whatever part it is drawn.
     *
     * @throws IOException if weights cannot be read
     * @throws IllegalArgumentException if the model does not draw so
     */
    List<Picture> pictures(List<String> texts, int first, int count, long seed) throws IOException;

    /** Of the shorter side of a picture. */
    int pixels();
}
