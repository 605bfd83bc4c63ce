package dev.calotype.judge;

import dev.calotype.metric.CategoryHistogram;
import java.util.Arrays;

/**
 * What the judge of rooms sees in pictures.
 *
 * @param attributes the most likely value of each attribute of each picture, as indices into {@link RoomsJudge#values()}, or
 *     {@link CategoryHistogram#UNKNOWN} where it cannot be told: (N)(attributes)
 * @param room how much of a room each picture is, 0..1
 * @param flaws how much each picture has of each {@link Flaw}, 0..1: (N)(flaws)
 */
public record RoomReadings(int[][] attributes, double[] room, double[][] flaws) {
    /** The mean of {@link #room}. */
    public double meanRoom() {
        return Arrays.stream(room).average().orElse(Double.NaN);
    }
}
