package dev.calotype.data.video;

import dev.calotype.tensor.Rng;

/** Chooses the frames of a clip by the times at which they are shown, so that the rate of a file, even or not, makes no difference. */
final class Moments {
    private static final double ROUNDING = 1e-6; // seconds

    private Moments() {}

    /**
     * One of {@code views} clips that are spread evenly, the only one in the middle; without a rate each frame lies in the middle of its part.
     *
     * @return T indices of frames, not falling; where a video is shorter than the clip its last frame stays
     */
    static int[] view(Timeline timeline, ClipSettings clip, int view, int views) {
        double share = clip.rate() == 0 || views == 1 ? (view + 0.5) / views : (double) view / (views - 1);
        return chosen(timeline, clip, () -> share);
    }

    /** A clip at a random place, or each frame a random one of its part. */
    static int[] random(Timeline timeline, ClipSettings clip, Rng rng) {
        return chosen(timeline, clip, rng::nextDouble);
    }

    private interface Share {
        double next();
    }

    private static int[] chosen(Timeline timeline, ClipSettings clip, Share share) {
        int[] frames = new int[clip.frames()];
        double end = timeline.end();
        double begin = clip.rate() == 0 ? 0 : Math.max(0, end - frames.length / clip.rate()) * share.next();
        for (int i = 0; i < frames.length; i++) {
            double moment = clip.rate() == 0
                    ? (i + share.next()) / frames.length * end
                    : begin + (i + 0.5) / clip.rate(); // the middle of the time that the frame stands for
            frames[i] = timeline.at(moment + ROUNDING);
        }
        return frames;
    }
}
