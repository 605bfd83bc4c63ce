package dev.calotype.experiment;

import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.rooms.Rooms;
import java.io.IOException;

/** What a data set is called on the command line and in recipes: a built-in name, or a path. */
public final class DataSets {
    private DataSets() {}

    /**
     * Opens a data set.
     *
     * @param source {@code rooms}, {@code rooms:train}, {@code rooms:test}, {@code rooms:seen}, {@code rooms:unseen}, or a path
     * @param size pixels per side that built-in data sets draw; files keep their own
     * @param channels 1 or 3
     * @throws IOException in one sentence that says what to do
     */
    public static ImageDataset open(String source, int size, int channels) throws IOException {
        return open(source, size, channels, LabelRule.AUTO);
    }

    /** {@link #open(String, int, int)} with a rule for where the labels of files come from. */
    public static ImageDataset open(String source, int size, int channels, LabelRule labels) throws IOException {
        return switch (source) {
            case "rooms", "rooms:train" -> Rooms.train(size);
            case "rooms:test" -> Rooms.test(size);
            case "rooms:seen" -> Rooms.seen(size);
            case "rooms:unseen" -> Rooms.unseen(size);
            default -> {
                if (source.startsWith("rooms:"))
                    throw new IOException(
                            "rooms has the splits rooms:train, rooms:test, rooms:seen and rooms:unseen: " + source);
                yield DataSource.open(source, ReadOptions.channels(channels).withLabels(labels));
            }
        };
    }
}
