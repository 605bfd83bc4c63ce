package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.console.JsonText;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.CsvText;
import dev.calotype.io.OutputFile;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Neighbours;
import dev.calotype.judge.PictureSource;
import dev.calotype.judge.StatisticsFile;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Judgements as sentences, results and files. */
final class Judgements {
    static final String CLIP_SCORE = "clip-score";
    private static final int LARGEST = 1024;

    private Judgements() {}

    /** The numbers of a judgement as a line of names and one of values. */
    static String csv(Judgement judgement) {
        List<String> names = new ArrayList<>(), values = new ArrayList<>();
        flatten("", new ObjectMapper().valueToTree(judgement), names, values);
        return CsvText.of(List.of(names, values));
    }

    private static void flatten(String prefix, JsonNode node, List<String> names, List<String> values) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = prefix + field.getKey();
            if (field.getValue().isObject()) flatten(name + ".", field.getValue(), names, values);
            else if (field.getValue().isValueNode()) {
                names.add(name);
                values.add(field.getValue().asText());
            }
        }
    }

    /** The side of squares that pictures of several data sets are brought to: the shortest of their first pictures. */
    static int commonSize(List<String> specs, int usual) throws IOException {
        int least = Integer.MAX_VALUE;
        for (String spec : specs) {
            if (Belonging.isRooms(spec) || StatisticsFile.isAlone(spec)) continue;
            try (ImageDataset data = DataSets.open(spec, usual, 3)) {
                Picture first = data.read(0).image();
                least = Math.min(least, Math.min(first.width(), first.height()));
            }
        }
        return least == Integer.MAX_VALUE ? usual : Math.min(least, LARGEST);
    }

    /** The measures of a list of names. */
    static Set<Measure> measures(String names) {
        if (names.contains(CLIP_SCORE))
            throw new IllegalArgumentException(
                    "clip-score wants the encoder of pictures and captions, --clip MODEL, and goes with no other metric: "
                            + names);
        return Measure.parse(names);
    }

    /** What is judged where nothing is asked for: statistics alone give a FID and nothing else. */
    static Set<Measure> usual(String subject, String against) throws IOException {
        boolean alone = StatisticsFile.isAlone(subject) || against != null && StatisticsFile.isAlone(against);
        return alone ? Set.of(Measure.FID) : Measure.usual();
    }

    /** A side, and the model or data set that it borrows. */
    record Opened(PictureSource source, AutoCloseable owned) implements AutoCloseable {
        /** Pictures, or statistics of some. */
        static Opened pictures(String spec, Preparation preparation) throws IOException {
            StatisticsFile file = StatisticsFile.recognises(spec) ? StatisticsFile.read(Path.of(spec)) : null;
            if (file != null && !file.holdsPictures())
                return new Opened(new PictureSource.Summarised(file, null), () -> {});
            ImageDataset data = DataSets.open(spec, preparation.size(), preparation.channels());
            PictureSource.Stored stored = new PictureSource.Stored(data);
            return new Opened(file == null ? stored : new PictureSource.Summarised(file, stored), data);
        }

        @Override
        public void close() throws Exception {
            owned.close();
        }
    }

    /** What is kept of features. */
    static final class Kept {
        private static final int SHOWN = 8;

        @Option(
                names = "--held",
                paramLabel = "N",
                description = "Of how many pictures of each side features are held, which all but the FID see (default:"
                        + " 10000); guided-diffusion's evaluator holds all.")
        private Integer held;

        @Option(
                names = "--save-statistics",
                paramLabel = "FILE",
                description =
                        "Judge nothing: write mean and covariance of the features of A to this .npz, as pytorch-fid"
                                + " reads them.")
        private Path statistics;

        @Option(
                names = "--neighbours",
                paramLabel = "PNG",
                description = "Write the first " + SHOWN
                        + " pictures of A to this file, each beside the three of B that are nearest to it.")
        private Path neighbours;

        boolean given() {
            return held != null || neighbours != null || saves();
        }

        /**
         * Refuses what would do nothing, and what could not be written in the end.
         *
         * @param judges whether something is asked for that is of a judgement alone
         * @param csv another file that is written; null for none
         */
        void require(boolean judges, Path csv) throws IOException {
            if (saves() && (judges || neighbours != null))
                throw EvaluateCommand.unused(
                        "--against, --metrics, --csv and --neighbours",
                        "of a judgement, and --save-statistics makes none");
            if (csv != null) OutputFile.require(csv, OutputFile.Existing.REPLACE);
            if (saves() && !statistics.toString().endsWith(".npz"))
                throw new IllegalArgumentException("--save-statistics must end in .npz: " + statistics);
            if (saves()) OutputFile.require(statistics, OutputFile.Existing.REPLACE);
            if (neighbours == null) return;
            if (!neighbours.toString().toLowerCase(Locale.ROOT).endsWith(".png"))
                throw new IllegalArgumentException("--neighbours must end in .png: " + neighbours);
            OutputFile.require(neighbours, OutputFile.Existing.REPLACE);
        }

        /** Compares, and writes neighbours where they are wanted; the file says as JSON which they are. */
        Judgement judged(Judge judge, PictureSource generated, PictureSource real, Judge.Plan plan) throws IOException {
            if (neighbours != null) Neighbours.require(generated, real);
            Judgement judgement = judge.compare(generated, real, plan);
            if (neighbours == null) return judgement;
            Neighbours found = Neighbours.of(judge, generated, real, plan, SHOWN);
            Map<String, String> texts = Map.of("Software", "Calotype", "neighbours", JsonText.of(found.rows()));
            PngFile.write(neighbours, found.sheet(), texts);
            return judgement;
        }

        boolean saves() {
            return statistics != null;
        }

        EvaluationProtocol protocol(SmallSets rule) {
            EvaluationProtocol usual = EvaluationProtocol.standard();
            int capacity = held == null ? usual.capacity() : held;
            return new EvaluationProtocol(usual.neighbours(), capacity, usual.seed(), rule);
        }

        Written save(Judge judge, PictureSource source, Preparation preparation, long images) throws IOException {
            if (source instanceof PictureSource.Summarised)
                throw new IllegalArgumentException(source.name() + " has statistics already");
            Path[] inputs = source.name().endsWith(".npz") ? new Path[] {Path.of(source.name())} : new Path[0];
            OutputFile.require(statistics, OutputFile.Existing.REPLACE, inputs);
            judge.saveStatistics(source, preparation, images, statistics);
            return new Written(statistics.toString());
        }
    }

    /** The network of {@code --lpips}; null where that is not given. */
    static PerceptualNetwork perceptual(String lpips, Device device) throws IOException {
        if (lpips == null) return null;
        String[] parts = lpips.split(",", -1);
        if (parts.length != 3) throw new IllegalArgumentException("--lpips must be NAME,BACKBONE,LINEAR: " + lpips);
        return FeatureNetworks.perceptual(parts[0], Path.of(parts[1]), Path.of(parts[2]), device);
    }

    /** Keeps a judgement in its run and brings the report up to date. */
    static void write(RunDirectory run, Judgement judgement) throws IOException {
        run.write(run.evaluationFile(), judgement);
        Report.write(run);
    }

    /** A judgement whose text is its sentence. */
    record Printed(@JsonValue Judgement judgement) {
        @Override
        public String toString() {
            return judgement.sentence();
        }
    }

    static boolean isRun(String spec) {
        return !spec.startsWith("rooms:") && Files.isRegularFile(Path.of(spec).resolve("experiment.yaml"));
    }

    /** Whether it is a run or a checkpoint, by its name. */
    static boolean isModel(String spec) {
        return isRun(spec) || spec.endsWith(".safetensors");
    }
}
