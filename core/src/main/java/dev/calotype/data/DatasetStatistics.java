package dev.calotype.data;

import dev.calotype.data.store.PassedOver;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a look at some samples of a data set tells about it.
 *
 * @param count the samples of the data set
 * @param looked the samples looked at, spread evenly over the data set
 * @param channels of the pictures, 1 or 3; 0 if all were corrupt
 * @param grey how many of the pictures looked at have no colour, whatever their channels
 * @param widths in pixels
 * @param heights in pixels
 * @param frames of a sample; 1 of pictures
 * @param classes how many of the samples looked at are of each class that has a name
 * @param unlabelled how many of them have no label
 * @param captioned how many of them have a caption
 * @param mean of each channel over all pixels, in [0, 1]
 * @param deviation the standard deviation of each channel over all pixels, in [0, 1]
 * @param corrupt how many of them could not be read
 * @param problems what is wrong with the first of the corrupt ones, each with its name
 * @param labelSource where labels come from or why there are none, in words
 * @param passedOver what lies in the source and is not used, a line for each reason; corrupt samples are the last
 */
public record DatasetStatistics(
        long count,
        int looked,
        int channels,
        int grey,
        Range widths,
        Range heights,
        Range frames,
        Map<String, Integer> classes,
        int unlabelled,
        int captioned,
        List<Double> mean,
        List<Double> deviation,
        int corrupt,
        List<String> problems,
        String labelSource,
        List<PassedOver> passedOver) {
    private static final int MAX_PROBLEMS = 20;

    /** The least, the middle and the greatest of some numbers; the lower middle one of an even count. */
    public record Range(int min, int median, int max) {
        private static Range of(List<Integer> values) {
            if (values.isEmpty()) return new Range(0, 0, 0);
            int[] sorted = values.stream().mapToInt(Integer::intValue).sorted().toArray();
            return new Range(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
        }
    }

    /** Looks at {@code samples} samples of {@code data}, or at all if there are no more; at least 1. */
    public static DatasetStatistics of(ImageDataset data, int samples) {
        if (samples < 1) throw new IllegalArgumentException("samples must be at least 1: " + samples);
        int looked = (int) Math.min(samples, data.size());
        Tally tally = new Tally(data.classes());
        for (int i = 0; i < looked; i++) {
            long index = (long) ((double) i * data.size() / looked);
            try {
                tally.add(data.read(index));
            } catch (IOException e) {
                tally.addCorrupt(e);
            }
        }
        return tally.statistics(data, looked);
    }

    private static final class Tally {
        private final List<String> names;
        private final int[] perClass;
        private final List<Integer> widths = new ArrayList<>();
        private final List<Integer> heights = new ArrayList<>();
        private final List<Integer> frames = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private long[] sum = {};
        private long[] squares = {};
        private long pixels;
        private int grey;
        private int unlabelled;
        private int captioned;
        private int corrupt;

        Tally(List<String> names) {
            this.names = names;
            perClass = new int[names.size()];
        }

        void add(Sample sample) {
            if (sample.pictures().isEmpty()) throw new IllegalArgumentException(sample.name() + " has no picture");
            widths.add(sample.pictures().get(0).width());
            heights.add(sample.pictures().get(0).height());
            frames.add(sample.pictures().size());
            if (sample.label() == Sample.UNLABELLED) unlabelled++;
            else if (sample.label() < perClass.length) perClass[sample.label()]++;
            if (!sample.caption().isEmpty()) captioned++;
            boolean colour = false;
            for (Picture picture : sample.pictures()) colour |= addPixels(picture);
            if (!colour) grey++;
        }

        void addCorrupt(IOException problem) {
            corrupt++;
            if (problems.size() < MAX_PROBLEMS) problems.add(problem.getMessage());
        }

        /** Whether there is a pixel with a colour. */
        private boolean addPixels(Picture picture) {
            int channels = picture.channels();
            if (sum.length == 0) {
                sum = new long[channels];
                squares = new long[channels];
            }
            byte[] bytes = picture.pixels();
            boolean colour = false;
            for (int i = 0; i < bytes.length; i++) {
                int value = bytes[i] & 0xFF;
                sum[i % channels] += value;
                squares[i % channels] += value * value;
                colour |= i % channels > 0 && bytes[i] != bytes[i - 1];
            }
            pixels += bytes.length / channels;
            return colour;
        }

        DatasetStatistics statistics(ImageDataset data, int looked) {
            Map<String, Integer> classes = new LinkedHashMap<>();
            for (int c = 0; c < perClass.length; c++) classes.put(names.get(c), perClass[c]);
            List<Double> mean =
                    Arrays.stream(sum).mapToObj(s -> s / 255.0 / pixels).toList();
            List<Double> deviation = new ArrayList<>();
            for (int c = 0; c < sum.length; c++) {
                double meanSquare = squares[c] / 255.0 / 255.0 / pixels;
                deviation.add(Math.sqrt(Math.max(0, meanSquare - mean.get(c) * mean.get(c))));
            }
            return new DatasetStatistics(
                    data.size(),
                    looked,
                    sum.length,
                    grey,
                    Range.of(widths),
                    Range.of(heights),
                    Range.of(frames),
                    Collections.unmodifiableMap(classes),
                    unlabelled,
                    captioned,
                    mean,
                    List.copyOf(deviation),
                    corrupt,
                    List.copyOf(problems),
                    data.labelSource(),
                    passedOver(data));
        }

        private List<PassedOver> passedOver(ImageDataset data) {
            List<PassedOver> all = new ArrayList<>(data.passedOver());
            if (corrupt > 0) all.add(new PassedOver("samples that cannot be read", corrupt, problems.get(0)));
            return List.copyOf(all);
        }
    }
}
