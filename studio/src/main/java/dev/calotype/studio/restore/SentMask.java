package dev.calotype.studio.restore;

import dev.calotype.image.HoleMask;
import dev.calotype.image.HoleMask.Shade;
import dev.calotype.image.PictureFile;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A mask that was sent.
 *
 * @param file whose alpha 0 says what is missing, or which is white there
 */
record SentMask(Path file) {
    /**
     * Requires that it marks something of a picture, and not all.
     *
     * @throws IllegalArgumentException otherwise
     */
    void requireFor(PictureFile picture) throws IOException {
        PictureFile sent = PictureFile.decode(Files.readAllBytes(file));
        String own = sides(sent), wanted = sides(picture);
        Check.that(own.equals(wanted), "the mask must have the size of the picture, " + wanted, own);
        try {
            if (HoleMask.ofAlpha(sent).isEmpty()) HoleMask.read(file, Shade.WHITE, picture.colours());
        } catch (IllegalArgumentException e) {
            String words = e.getMessage().replace("the mask " + file, "the mask");
            throw new IllegalArgumentException(words.replace("the picture marks", "the mask marks"), e);
        }
    }

    private static String sides(PictureFile picture) {
        return picture.colours().width() + " x " + picture.colours().height();
    }
}
