package dev.calotype.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.numpy.ArrayContent;
import dev.calotype.data.numpy.ArrayContent.ElementType;
import dev.calotype.data.numpy.NumpyArchive;
import dev.calotype.data.numpy.NumpyArray;
import dev.calotype.data.numpy.NumpyFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.InceptionV3;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Means and covariances of features in an {@code .npz}: {@code mu} and {@code sigma}, as pytorch-fid reads and writes them, and
 * {@code mu_s} and {@code sigma_s} of spatial features, as in the reference batches of OpenAI's guided-diffusion, which hold pictures
 * too. Files of Calotype say in {@code calotype} (JSON) which network saw how many pictures.
 *
 * @param path of the file
 * @param features what {@code mu} and {@code sigma} say
 * @param spatial what {@code mu_s} and {@code sigma_s} say, if they are there
 * @param count of pictures; 0 where the file does not say it
 * @param network that saw them, {@code NAME HASH}; empty where the file does not say it
 * @param holdsPictures whether the file is a data set too
 */
public record StatisticsFile(
        Path path,
        FeatureStatistics features,
        Optional<FeatureStatistics> spatial,
        long count,
        String network,
        boolean holdsPictures) {
    private static final String MEAN = "mu", COVARIANCE = "sigma", SPATIAL = "_s", NOTE = "calotype";
    private static final long UNKNOWN = 1L << 40; // pictures, for what is computed of their number
    private static final int MOST_DIMENSIONS = 1 << 13, MOST_NOTE = 1 << 16;
    private static final double TOLERANCE = 1e-3;

    /** Whether a path is a file with such arrays. */
    public static boolean recognises(String path) throws IOException {
        return content(path) != Content.OTHER;
    }

    /** Whether a path is such a file without pictures. */
    public static boolean isAlone(String path) throws IOException {
        return content(path) == Content.STATISTICS;
    }

    private enum Content {
        OTHER,
        STATISTICS,
        STATISTICS_AND_PICTURES
    }

    /** What the names and headers of arrays tell; no array is read. */
    private static Content content(String path) throws IOException {
        if (!path.toLowerCase(Locale.ROOT).endsWith(".npz") || !Files.isRegularFile(Path.of(path)))
            return Content.OTHER;
        try (NumpyArchive archive = open(Path.of(path))) {
            if (archive.array(MEAN).isEmpty() || archive.array(COVARIANCE).isEmpty()) return Content.OTHER;
            return pictures(archive).isEmpty() ? Content.STATISTICS : Content.STATISTICS_AND_PICTURES;
        }
    }

    private static Optional<NumpyArray> pictures(NumpyArchive archive) throws IOException {
        return archive.array("arr_0").filter(NumpyArray::mayBePictures);
    }

    private static NumpyArchive open(Path path) throws IOException {
        return NumpyArchive.open(path, new UnpackedFiles(ReadOptions.channels(3).cache()));
    }

    /** Reads a file; throws an IOException in one sentence if its arrays do not fit each other. */
    public static StatisticsFile read(Path path) throws IOException {
        try (NumpyArchive archive = open(path)) {
            long count = 0;
            String network = "";
            Optional<NumpyArray> note = archive.array(NOTE);
            if (note.isPresent()) {
                JsonNode said = new ObjectMapper().readTree(note.get().bytes(MOST_NOTE));
                count = Math.max(0, said.path("images").asLong());
                network = said.path("network").asText();
            }
            Optional<NumpyArray> pictures = pictures(archive);
            if (count == 0 && pictures.isPresent())
                count = pictures.get().header().shape().get(0);
            FeatureStatistics features = statistics(path, archive, "", count);
            boolean both = archive.array(MEAN + SPATIAL).isPresent();
            Optional<FeatureStatistics> spatial =
                    both ? Optional.of(statistics(path, archive, SPATIAL, count)) : Optional.empty();
            return new StatisticsFile(path, features, spatial, count, network, pictures.isPresent());
        }
    }

    private static FeatureStatistics statistics(Path path, NumpyArchive archive, String suffix, long count)
            throws IOException {
        NumpyArray mean = required(path, archive, MEAN + suffix),
                covariance = required(path, archive, COVARIANCE + suffix);
        List<Integer> shape = mean.header().shape();
        int d = shape.size() == 1 ? shape.get(0) : 0;
        if (d < 1 || d > MOST_DIMENSIONS || !covariance.header().shape().equals(List.of(d, d)))
            throw new IOException(
                    path + ": mu" + suffix + " and sigma" + suffix + " must have the shapes (D,) and (D, D), D in 1.."
                            + MOST_DIMENSIONS + ": " + mean.header().shapeInWords() + " and "
                            + covariance.header().shapeInWords());
        double[] center = mean.numbers(d), moments = covariance.numbers(d * d);
        for (double value : center) require(path, Double.isFinite(value), "finite");
        double scale = 0;
        for (double value : moments) scale = Math.max(scale, Math.abs(value));
        require(path, Double.isFinite(scale), "finite");
        for (int i = 0; i < d; i++)
            for (int j = 0; j <= i; j++)
                require(
                        path,
                        Math.abs(moments[i * d + j] - moments[j * d + i]) <= TOLERANCE * scale
                                && moments[i * d + i] >= -TOLERANCE * scale,
                        "those of a covariance");
        return FeatureStatistics.of(count < 2 ? UNKNOWN : count, center, moments);
    }

    private static NumpyArray required(Path path, NumpyArchive archive, String name) throws IOException {
        return archive.array(name)
                .orElseThrow(() -> new IOException(path + " has no array " + name + ", which statistics need"));
    }

    private static void require(Path path, boolean sound, String what) throws IOException {
        if (!sound) throw new IOException(path + ": the values of mu and sigma must be " + what);
    }

    /**
     * Writes a file that pytorch-fid reads; with spatial statistics guided-diffusion's evaluator does too.
     *
     * @param spatial or null
     */
    static void write(Path path, FeatureNetwork network, FeatureStatistics features, FeatureStatistics spatial)
            throws IOException {
        Map<String, ArrayContent> arrays = new LinkedHashMap<>();
        put(arrays, "", features);
        if (spatial != null) put(arrays, SPATIAL, spatial);
        byte[] note = new ObjectMapper()
                .createObjectNode()
                .put("network", identity(network))
                .put("input", network.input())
                .put("images", features.count())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        arrays.put(NOTE, new ArrayContent(ElementType.UINT8, new long[] {note.length}, out -> out.write(note)));
        NumpyFile.write(path, arrays);
    }

    private static void put(Map<String, ArrayContent> arrays, String suffix, FeatureStatistics statistics) {
        int d = statistics.dimensions();
        arrays.put(MEAN + suffix, ArrayContent.of(statistics.mean(), d));
        arrays.put(COVARIANCE + suffix, ArrayContent.of(statistics.covariance(), d, d));
    }

    /** Whether pictures are seen as by the evaluator of guided-diffusion. */
    static boolean isGuided(FeatureNetwork network) {
        return network instanceof InceptionV3 inception && inception.isGuided();
    }

    /** What {@link #network} says of statistics of a network. */
    public static String identity(FeatureNetwork network) {
        return network.name() + " " + network.hash();
    }

    /**
     * What a reader must know of these statistics beside those of a network.
     *
     * @throws IllegalArgumentException if they are another network's
     */
    String fit(FeatureNetwork judge) {
        if (features.dimensions() != judge.dimensions())
            throw new IllegalArgumentException(path + " has statistics of " + features.dimensions() + " features, "
                    + judge.name() + " has " + judge.dimensions()
                    + (features.dimensions() == 2048 ? ": name `network` inception or guided-diffusion" : ""));
        if (!network.isEmpty() && !network.equals(identity(judge)))
            throw new IllegalArgumentException(
                    path + " has statistics of " + network + ", which do not compare with those of " + identity(judge));
        if (network.isEmpty() && spatial.isPresent() && !isGuided(judge))
            throw new IllegalArgumentException(
                    path + " has statistics of guided-diffusion's evaluator (mu_s is there): name"
                            + " `network` guided-diffusion instead of " + judge.name());
        String pictures =
                count == 0 ? "how many pictures they are of is not written in it" : "of " + count + " pictures";
        String origin = network.isEmpty()
                ? spatial.isPresent()
                        ? ", in the form of guided-diffusion"
                        : ", in the form of pytorch-fid, which does not say the network and its input: that they are those of "
                                + judge.name() + " is taken on trust"
                : "";
        return path + " are statistics, " + pictures + origin + ".";
    }
}
