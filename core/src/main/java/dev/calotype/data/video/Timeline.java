package dev.calotype.data.video;

import java.util.Arrays;
import java.util.BitSet;

/**
 * When the frames of a video are shown.
 *
 * @param starts of each frame in seconds from the first, rising; not copied, do not change them
 * @param end of the last frame
 * @param keys the frames at which decoding can begin
 */
record Timeline(double[] starts, double end, BitSet keys) {
    private static final double FASTEST = 0.0195, USUAL_DELAY = 0.1;

    /** Of frames that say nothing of time. */
    static final double USUAL_RATE = 25;

    /** Of frames of which nobody says when they are shown. */
    static Timeline untimed(int frames) {
        double[] starts = new double[frames];
        for (int i = 0; i < frames; i++) starts[i] = i / USUAL_RATE;
        return new Timeline(starts, frames / USUAL_RATE, new BitSet());
    }

    /**
     * The times of an animation as browsers have them, which show a frame that is to be shown for less than 20 ms for 100: writers of GIF
     * and WebP mean that.
     */
    Timeline asInBrowsers() {
        double[] others = new double[starts.length];
        double now = 0;
        for (int i = 0; i < starts.length; i++) {
            others[i] = now;
            double shown = (i + 1 < starts.length ? starts[i + 1] : end) - starts[i];
            now += shown < FASTEST ? USUAL_DELAY : shown;
        }
        return new Timeline(others, now, keys);
    }

    /** How many frames there are. */
    int count() {
        return starts.length;
    }

    /** The frame that is shown at a moment; the first before it, the last after it. */
    int at(double seconds) {
        int found = Arrays.binarySearch(starts, seconds);
        return Math.max(0, found >= 0 ? found : -found - 2);
    }

    /** The last frame, no later than {@code frame}, at which decoding can begin, or 0. */
    int keyBefore(int frame) {
        return Math.max(0, keys.previousSetBit(frame));
    }
}
