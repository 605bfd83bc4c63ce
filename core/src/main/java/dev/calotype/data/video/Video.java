package dev.calotype.data.video;

import dev.calotype.image.Picture;
import dev.calotype.image.PictureKind;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One video, whatever it is made of: a video file, an animation, a folder of frames or a strip of them. Nothing is read before its
 * frames are asked for; when they are shown is found out once. May be used by several threads.
 */
public final class Video {
    private final Footage footage;
    private Timeline timeline;

    Video(Footage footage) {
        this.footage = footage;
    }

    /**
     * That of one file, told by its content.
     *
     * @throws IOException if it cannot be opened
     */
    public static Video of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(PictureKind.HEAD);
        }
        PictureKind kind = PictureKind.ofContent(head).orElse(PictureKind.GIF);
        PictureFootage.Content content = () -> Files.readAllBytes(file);
        return new Video(
                switch (kind) {
                    case GIF -> new VideoFootage(file);
                    case WEBP -> new PictureFootage.WebP(content);
                    default -> new PictureFootage.Strip(content, KeptStrips.usual());
                });
    }

    /**
     * One of {@code views} clips that are spread evenly, the only one in the middle.
     *
     * @return T pictures in RGB
     * @throws IOException if it cannot be read, or has no frame; in one sentence without its name
     */
    public List<Picture> view(ClipSettings clip, int view, int views) throws IOException {
        return footage.frames(Moments.view(timeline(), clip, view, views));
    }

    /**
     * A clip at random.
     *
     * @return T pictures in RGB
     * @throws IOException as {@link #view}
     */
    public List<Picture> random(ClipSettings clip, Rng chance) throws IOException {
        return footage.frames(Moments.random(timeline(), clip, chance));
    }

    private synchronized Timeline timeline() throws IOException {
        if (timeline == null) timeline = footage.timeline();
        return timeline;
    }
}
