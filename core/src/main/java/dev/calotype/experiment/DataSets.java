package dev.calotype.experiment;

import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.leaves.Leaves;
import dev.calotype.data.moving.Moving;
import dev.calotype.data.rooms.Guests;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.util.regex.Pattern;

/** What a data set is called on the command line and in recipes: a built-in name, or a path. */
public final class DataSets {
    private static final Pattern GUESTS = Pattern.compile("rooms:guest:[0-9]{1,12}");

    /** The source of a model of which nobody said what it learned from. */
    public static final String UNKNOWN = "unknown";

    private DataSets() {}

    /**
     * Opens a data set of single pictures.
     *
     * @param source {@code rooms}, {@code moving}, {@code leaves}, each with {@code :train} or {@code :test}, {@code rooms:seen}, {@code rooms:unseen}, {@code rooms:guest:N}, {@code rooms:guest-test}, or a path
     * @param size pixels per side that built-in data sets draw; files keep their own
     * @param channels 1 or 3
     * @throws IOException in one sentence that says what to do
     */
    public static ImageDataset open(String source, int size, int channels) throws IOException {
        return open(source, size, channels, LabelRule.AUTO);
    }

    /** {@link #open(String, int, int)} with a rule for where the labels of files come from. */
    public static ImageDataset open(String source, int size, int channels, LabelRule labels) throws IOException {
        return open(source, size, ReadOptions.channels(channels).withLabels(labels));
    }

    /** What a recipe learns from: pictures or clips. */
    public static ImageDataset open(DataSettings settings) throws IOException {
        return open(settings.source(), settings);
    }

    /** Another data set, read as {@code like} reads its own. */
    public static ImageDataset open(String source, DataSettings like) throws IOException {
        ReadOptions options =
                ReadOptions.channels(like.channels()).withLabels(like.labels()).withClip(like.clip());
        ImageDataset data = open(source, like.size(), options);
        if (like.clip().frames() == 1 || data.isOfClips()) return data;
        data.close();
        throw new IOException("clip.frames must be 1 where the data set has single pictures, as " + source + " has: "
                + like.clip().frames());
    }

    /** Opens a data set, {@code size} being what built-in ones draw. */
    public static ImageDataset open(String source, int size, ReadOptions options) throws IOException {
        ClipSettings clip = options.clip();
        return switch (source) {
            case "rooms", "rooms:train" -> Rooms.train(size);
            case "rooms:test" -> Rooms.test(size);
            case "rooms:seen" -> Rooms.seen(size);
            case "rooms:unseen" -> Rooms.unseen(size);
            case "rooms:guest-test" -> Guests.test(size);
            case "moving", "moving:train" -> new Moving(Moving.Split.TRAIN, size, clip.frames(), 0);
            case "moving:test" -> new Moving(Moving.Split.TEST, size, clip.frames(), 0);
            case UNKNOWN ->
                throw new IOException(
                        "what this model learned from is not known: name a data set, by `data` or data.source");
            case "leaves" -> Leaves.named(source, size);
            default -> {
                if (source.startsWith("leaves:")) yield Leaves.named(source, size);
                if (GUESTS.matcher(source).matches())
                    yield Guests.train(size, Long.parseLong(source.substring(source.lastIndexOf(':') + 1)));
                if (source.startsWith("rooms:"))
                    throw new IOException(
                            "rooms has the splits rooms:train, rooms:test, rooms:seen and rooms:unseen, and rooms:guest:N and"
                                    + " rooms:guest-test: " + source);
                if (source.startsWith("moving:"))
                    throw new IOException("moving has the splits moving:train and moving:test: " + source);
                yield DataSource.open(source, options);
            }
        };
    }
}
