package dev.calotype.data.video;

/**
 * Which frames of a video are seen.
 *
 * @param frames of a clip, 1..256; with 1 a sample is a picture
 * @param rate of the clip in frames per second, by the times at which frames are shown; 0 to spread them over the whole video
 * @param sampling where in the video, when it is learned from; tests are always {@link Sampling#EVEN}
 */
public record ClipSettings(int frames, double rate, Sampling sampling) {
    /** Single pictures. */
    public static final ClipSettings PICTURES = new ClipSettings(1, 0, Sampling.EVEN);

    private static final int MOST_FRAMES = 256;

    /** Where in a video the frames of a clip lie. */
    public enum Sampling {
        /** A clip with a rate lies in the middle of the video; without one, frames lie in the middle of as many equal parts. */
        EVEN,
        /** A clip with a rate begins at a random moment; without one, each frame is a random one of its part (Wang et al. 2016). */
        RANDOM
    }

    public ClipSettings {
        if (frames < 1 || frames > MOST_FRAMES)
            throw new IllegalArgumentException("frames must be in 1.." + MOST_FRAMES + ": " + frames);
        if (!(rate >= 0 && rate <= 1000)) throw new IllegalArgumentException("rate must be in 0..1000: " + rate);
        if (sampling == null) throw new IllegalArgumentException("sampling must be EVEN or RANDOM: null");
    }
}
