package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.Recipes;
import dev.calotype.app.recognition.FilmStrips;
import dev.calotype.data.Batches;
import dev.calotype.data.DatasetStatistics;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at data sets. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Look at a data set before training on it.",
        subcommands = {DataCommand.Preview.class, DataCommand.Inspect.class})
final class DataCommand {
    private static final int VERSIONS = 8; // of a picture, side by side
    private static final int FRAMES = 8;

    private static final String KINDS =
            "A folder, a zip, tar, tar.gz or tar.bz2 archive, WebDataset shards, Parquet tables, IDX or CIFAR files, .npy or"
                    + " .npz, a video or a folder of videos, or rooms, moving, leaves, each with :train or :test, rooms also with :seen or"
                    + " :unseen.";

    /** Refuses a place that no picture can be written to, or where it would be one of the data set. */
    private static void requirePlace(Path out, String data) throws IOException {
        PictureFormat.of(out);
        File named = new File(data); // a path would refuse rooms:test on Windows
        if (named.exists()) {
            OutputFile.require(out, OutputFile.Existing.REPLACE, named.toPath());
            OutputFile.requireOutside(out, named.toPath());
        } else OutputFile.require(out, OutputFile.Existing.REPLACE);
    }

    /** Draws a grid of pictures as a network sees them. */
    @Command(
            name = "preview",
            mixinStandardHelpOptions = true,
            description = {
                "Draw a grid of pictures as a network would see them.",
                "With --frames, film strips: one row for each clip.",
                "With --recipe, one row for each picture: as it is, and seven times as the recipe's augmentation changes it;",
                "of clips two rows each: as it is, and changed."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  calotype data preview rooms --size 128 -n 16 --out rooms.png",
                "  calotype data preview rooms --recipe vit-cifar10 -n 6 --out augmented.png",
                "  calotype data preview videos/ --size 64 --frames 8 -n 6 --out strips.png"
            })
    static final class Preview extends EngineCommand {
        @Parameters(paramLabel = "PATH", description = KINDS)
        private String path;

        @Option(names = "--size", paramLabel = "PX", description = "8 to 1024; default 32, or that of the recipe.")
        private Integer size;

        @Option(names = "-n", paramLabel = "N", description = "Pictures; default 64, or 8 rows of a recipe.")
        private Integer count;

        @Option(
                names = "--frames",
                paramLabel = "T",
                description = "Frames of a clip; default 1, or that of the recipe.")
        private Integer frames;

        @Option(names = "--recipe", paramLabel = "RECIPE", description = "Whose augmentation and size is shown.")
        private String recipe;

        @Option(
                names = "--seed",
                paramLabel = "S",
                defaultValue = "0",
                description = "Which ones (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                defaultValue = "preview.png",
                description = "A .png, .jpg or .webp file (default: ${DEFAULT-VALUE}).")
        private Path out;

        @Override
        protected Object execute(Console console) throws Exception {
            requirePlace(out, path);
            if (size != null) Check.range("size", size, 8, 1024);
            if (count != null && count < 1) throw new IllegalArgumentException("-n must be at least 1: " + count);
            if (recipe == null && frames == null) plain(count == null ? 64 : count);
            else if (recipe == null) strips(count == null ? VERSIONS : count);
            else augmented(count == null ? VERSIONS : count);
            return new Written(out.toString());
        }

        private void strips(int clips) throws IOException {
            Preparation preparation = new Preparation(size == null ? 32 : size, 3, Preparation.Flip.NONE);
            ClipSettings clip = new ClipSettings(frames, 0, ClipSettings.Sampling.EVEN);
            FilmStrips strips = new FilmStrips();
            try (ImageDataset data = FilmStrips.open(path, preparation.size(), clip)) {
                for (long index : Batches.firstIndices(data.size(), seed, clips))
                    strips.add(data.read(index), preparation, Rng.of(seed));
            }
            strips.write(out, frames);
        }

        private void plain(int pictures) throws IOException {
            Preparation preparation = new Preparation(size == null ? 32 : size, 3, Preparation.Flip.NONE);
            try (ImageDataset data = DataSets.open(path, preparation.size(), 3);
                    Batches batches = new Batches(data, preparation, Batches.Plan.of(shown(data, pictures), seed))) {
                List<Picture> grid =
                        Scope.read(() -> Images.pictures(batches.next().images()));
                PictureFormat.write(out, Images.grid(grid, (int) Math.ceil(Math.sqrt(grid.size())), 2), Map.of());
            }
        }

        /** How many of them there are, none of them twice. */
        private static int shown(ImageDataset data, int most) {
            return (int) Math.min(data.size(), most);
        }

        private void augmented(int pictures) throws IOException {
            List<String> overrides = new ArrayList<>();
            if (size != null) overrides.add("data.size=" + size);
            if (frames != null) overrides.add("data.clip.frames=" + frames);
            DataSettings settings = Recipe.read(Recipes.find(recipe), overrides).data();
            Preparation preparation = settings.preparation();
            boolean clips = settings.clip().frames() > 1;
            FilmStrips strips = new FilmStrips();
            try (ImageDataset data = DataSets.open(path, settings)) {
                for (long index : Batches.firstIndices(data.size(), seed, pictures)) {
                    Sample sample = data.read(index);
                    strips.add(sample, preparation.plain(), Rng.of(seed));
                    for (int i = 1; i < (clips ? 2 : VERSIONS); i++)
                        strips.add(sample, preparation, Rng.of(seed).fork(index).fork(i));
                }
            }
            strips.write(out, clips ? settings.clip().frames() : VERSIONS);
        }
    }

    /** Counts and measures. */
    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description = "Count and measure: sizes, channels, classes, mean and spread, and what is not used and why.",
            footerHeading = "%nExamples:%n",
            footer = {"  calotype data inspect photos/ -n 1000", "  calotype data inspect moving --strip moving.png"})
    static final class Inspect extends EngineCommand {
        @Parameters(paramLabel = "PATH", description = KINDS)
        private String path;

        @Option(
                names = "-n",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Pictures to look at, spread over the set (default: ${DEFAULT-VALUE}).")
        private int count;

        @Option(
                names = "--frames",
                paramLabel = "T",
                description =
                        "Look at clips of T frames; default 8 of moving and of folders of videos alone, 1 of others.")
        private Integer frames;

        @Option(names = "--strip", paramLabel = "FILE", description = "Draw a clip of each class as a film strip.")
        private Path strip;

        @Override
        protected Object execute(Console console) throws Exception {
            if (strip != null) requirePlace(strip, path);
            int shown = frames == null ? usual() : frames;
            ClipSettings clip = new ClipSettings(shown, 0, ClipSettings.Sampling.EVEN);
            try (ImageDataset data = FilmStrips.open(path, 64, clip)) {
                if (strip != null)
                    FilmStrips.ofClasses(data, new Preparation(64, 3, Preparation.Flip.NONE))
                            .write(strip, shown);
                return new Inspected(DatasetStatistics.of(data, count));
            }
        }

        private int usual() throws IOException {
            try (ImageDataset data = FilmStrips.open(path, 64, ClipSettings.PICTURES)) {
                return data.isOfClips() ? FRAMES : 1;
            }
        }
    }

    /** What was found, as JSON or as lines of a name and a value. */
    record Inspected(@JsonUnwrapped DatasetStatistics statistics) {
        @Override
        public String toString() {
            DatasetStatistics s = statistics;
            StringBuilder text = new StringBuilder();
            line(text, "samples", s.count() + ", looked at " + s.looked());
            line(text, "channels", s.channels() + ", without colour " + s.grey());
            line(text, "width", range(s.widths()));
            line(text, "height", range(s.heights()));
            if (s.frames().max() > 1)
                line(text, "frames", s.frames().min() + " to " + s.frames().max());
            line(text, "mean", rounded(s.mean()));
            line(text, "deviation", rounded(s.deviation()));
            line(text, "labelled", s.looked() - s.corrupt() - s.unlabelled() + "");
            if (!s.labelSource().isEmpty()) line(text, "labels from", s.labelSource());
            s.classes().forEach((name, count) -> line(text, "  " + name, count + ""));
            line(text, "captioned", s.captioned() + "");
            line(text, "unreadable", s.corrupt() + "");
            s.problems().forEach(problem -> line(text, "  problem", problem));
            s.passedOver()
                    .forEach(p -> line(text, "note", p.count() + " " + p.reason() + ", for example " + p.example()));
            return text.toString().stripTrailing();
        }

        private static void line(StringBuilder text, String name, String value) {
            text.append(String.format(Locale.ROOT, "%-14s %s%n", name, value));
        }

        private static String range(DatasetStatistics.Range range) {
            return range.min() + " to " + range.max() + " px, median " + range.median();
        }

        private static String rounded(List<Double> values) {
            return values.stream()
                    .map(value -> String.format(Locale.ROOT, "%.4f", value))
                    .collect(Collectors.joining(" "));
        }
    }
}
