package dev.calotype.data.video;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.WebPAnimation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Footage that is made of picture files: one for each frame, one with all frames side by side, or an animated WebP. */
final class PictureFootage {
    private static final int FEWEST_IN_STRIP = 4;

    private PictureFootage() {}

    /** The content of a file. */
    interface Content {
        byte[] read() throws IOException;
    }

    /** A file for each frame, in their order; nobody says when they are shown. */
    record Frames(List<Content> files) implements Footage {
        @Override
        public Timeline timeline() {
            return Timeline.untimed(files.size());
        }

        @Override
        public List<Picture> frames(int... indices) throws IOException {
            List<Picture> pictures = new ArrayList<>();
            for (int i = 0; i < indices.length; i++) {
                boolean again = i > 0 && indices[i] == indices[i - 1];
                Picture picture = again
                        ? pictures.get(i - 1)
                        : ImageFiles.decode(files.get(indices[i]).read(), 3);
                if (i == 0) Footage.requireRoom(indices.length, picture.width(), picture.height());
                pictures.add(picture);
            }
            return pictures;
        }
    }

    /** Square frames side by side, or one below the other, in one file; nobody says when they are shown. */
    record Strip(Content file, KeptStrips kept) implements Footage {
        /** How many frames a picture is a strip of; 0 if it is none. */
        static int count(int width, int height) {
            int count = Math.max(width, height) / Math.min(width, height);
            return Math.max(width, height) % Math.min(width, height) == 0 && count >= FEWEST_IN_STRIP ? count : 0;
        }

        @Override
        public Timeline timeline() throws IOException {
            return Timeline.untimed(frames(kept.of(file)));
        }

        @Override
        public List<Picture> frames(int... indices) throws IOException {
            Picture strip = kept.of(file);
            int side = Math.min(strip.width(), strip.height());
            List<Picture> pictures = new ArrayList<>();
            for (int index : indices) {
                int across = strip.width() > strip.height() ? index * side : 0;
                pictures.add(Images.crop(strip, across, index * side - across, side, side));
            }
            return pictures;
        }

        private static int frames(Picture strip) throws IOException {
            int count = count(strip.width(), strip.height());
            if (count == 0)
                throw new IOException("it is no strip of square frames side by side: " + strip.width() + " x "
                        + strip.height() + " pixels");
            return count;
        }
    }

    /** An animated WebP; a still one is a video of one frame. Delays below 20 ms count as 100, as in browsers. */
    record WebP(Content file) implements Footage {
        @Override
        public Timeline timeline() throws IOException {
            Optional<WebPAnimation> animation = WebPAnimation.of(file.read());
            if (animation.isEmpty()) return Timeline.untimed(1);
            int[] delays = animation.get().milliseconds();
            double[] starts = new double[delays.length];
            long now = 0;
            for (int i = 0; i < delays.length; i++) {
                starts[i] = now / 1000.0;
                now += delays[i];
            }
            return new Timeline(starts, now / 1000.0, new BitSet()).asInBrowsers();
        }

        @Override
        public List<Picture> frames(int... indices) throws IOException {
            byte[] bytes = file.read();
            Optional<WebPAnimation> animation = WebPAnimation.of(bytes);
            List<Picture> pictures = new ArrayList<>();
            if (animation.isEmpty()) {
                Picture still = ImageFiles.decode(bytes, 3);
                for (int i = 0; i < indices.length; i++) pictures.add(still);
                return pictures;
            }
            Footage.requireRoom(
                    indices.length, animation.get().width(), animation.get().height());
            int at = -1;
            for (int index : indices) {
                boolean fresh = at < index;
                for (; at < index; at++) animation.get().advance();
                pictures.add(fresh ? animation.get().picture() : pictures.get(pictures.size() - 1));
            }
            return pictures;
        }
    }
}
