package dev.calotype.judge;

import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.RoomQuestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Whether pictures of rooms show what they were told to, in the eyes of {@link RoomsJudge}: the questions of T2I-CompBench (Huang et
 * al. 2023), asked exactly. What cannot be told is wrong.
 *
 * @param pictures how many were asked
 * @param questions the share of pictures that are right in both attributes of a {@link RoomQuestion}, by its key
 * @param attributes the share of pictures that are right in one attribute, by its key
 */
public record Composition(int pictures, Map<String, Double> questions, Map<String, Double> attributes) {
    /**
     * Reads pictures and compares them with what was told.
     *
     * @param told a value for every attribute of each picture, as {@link dev.calotype.data.Sample#attributes} has them
     * @param pixels uint8 (N, C, H, W)
     */
    public static Composition of(RoomsJudge judge, List<Map<String, String>> told, Tensor pixels) {
        return of(told, judge.read(pixels).attributes());
    }

    /** Of what was {@code read}, as {@link RoomsJudge.Readings#attributes}. */
    static Composition of(List<Map<String, String>> told, int[][] read) {
        if (told.isEmpty() || told.size() != read.length)
            throw new IllegalArgumentException("there must be as many pictures as were told of, at least 1: "
                    + read.length + " and " + told.size());
        Map<String, Double> questions = new LinkedHashMap<>(), attributes = new LinkedHashMap<>();
        for (RoomQuestion question : RoomQuestion.values())
            questions.put(question.key(), share(told, read, question.first(), question.second()));
        for (RoomAttribute attribute : RoomAttribute.values())
            attributes.put(attribute.key(), share(told, read, attribute, attribute));
        return new Composition(read.length, questions, attributes);
    }

    private static double share(
            List<Map<String, String>> told, int[][] read, RoomAttribute first, RoomAttribute second) {
        int right = 0;
        for (int i = 0; i < read.length; i++)
            if (shows(told.get(i), read[i], first) && shows(told.get(i), read[i], second)) right++;
        return (double) right / read.length;
    }

    private static boolean shows(Map<String, String> told, int[] read, RoomAttribute attribute) {
        String value = told.get(attribute.key());
        if (value == null) throw new IllegalArgumentException("nothing was told of " + attribute.key());
        return read[attribute.ordinal()] == attribute.index(value);
    }

    /** The mean over {@link #questions}. */
    public double meanQuestion() {
        return mean(questions);
    }

    /** The mean over {@link #attributes}. */
    public double meanAttribute() {
        return mean(attributes);
    }

    private static double mean(Map<String, Double> shares) {
        return shares.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }
}
