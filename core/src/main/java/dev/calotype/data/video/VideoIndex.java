package dev.calotype.data.video;

/**
 * What one pass over a video file tells.
 *
 * @param ticks the times of the frames as the file has them
 */
record VideoIndex(Timeline timeline, long[] ticks) {
    /** A key frame from which a frame can be decoded: not the last one before it, whose first frames may want others. */
    int keyBefore(int frame) {
        return timeline.keyBefore(Math.max(0, timeline.keyBefore(frame) - 1));
    }
}
