package dev.calotype.cluster;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Belonging.Foreign;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.judge.PictureSource.Summarised;
import dev.calotype.judge.StatisticsFile;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;

/** Judges what a model draws: executors draw and look, the driver adds up what they saw. No image leaves the task that drew it. */
public final class ClusterJudging {
    private static final int TASK = 500;
    private static final long COLLECTED = 1L << 29; // bytes

    private ClusterJudging() {}

    /** Statistics of some images, as they travel. */
    private record Sums(long count, double[] mean, double[] covariance) implements Serializable {
        static Sums of(FeatureStatistics seen) {
            return new Sums(seen.count(), seen.mean(), seen.covariance());
        }

        FeatureStatistics statistics() {
            return FeatureStatistics.of(count, mean, covariance);
        }
    }

    /**
     * The Frechet distance between images of a model and real ones: that of one machine, but for rounding in double precision.
     *
     * @param run a folder, where Hadoop's file systems reach
     * @param network by the name of {@link FeatureNetworks#open}; its files lie at the same path everywhere
     * @param against the real pictures, which the driver reads: a data set that {@link DataSets} opens
     * @param foreign what to do where network or pictures are of another data set; the run's recipe may allow it, too
     * @throws IOException if something cannot be read
     * @throws IllegalArgumentException if the network, or what is real, is of another data set and nobody allows that, or there are too few images
     */
    public static Judgement fid(
            JavaSparkContext spark, String run, Wanted wanted, String network, String against, Foreign foreign)
            throws IOException {
        OpenRun opened = new OpenRun(spark, run);
        GenerativeExperiment experiment = opened.experiment();
        DataSettings data = experiment.data();
        experiment.sampling(wanted.sampling());
        Foreign allowed =
                foreign == Foreign.ALLOW ? foreign : experiment.evaluation().foreignJudge();
        Belonging.of(experiment, network, against).require(allowed);
        EvaluationProtocol protocol = EvaluationProtocol.standard();
        Engine.load(0);
        try (FeatureNetwork judge = FeatureNetworks.open(network, Device.CPU);
                ImageDataset real = DataSets.open(against, data.size(), data.channels())) {
            protocol.requireEnough(real.size(), wanted.count());
            int size = blockSize(wanted.count(), judge.dimensions());
            List<Sums> parts = Causes.told(() -> ClusterDrawing.blocks(spark, wanted.count(), size)
                    .map(block -> opened.with(model -> seen(model, wanted, block, network)))
                    .collect());
            FeatureStatistics all = new FeatureStatistics(judge.dimensions());
            parts.forEach(part -> all.add(part.statistics())); // in the order of the blocks
            StatisticsFile drawn = new StatisticsFile(
                    Path.of(run), all, Optional.empty(), all.count(), StatisticsFile.identity(judge), false);
            Judge.Plan plan = new Judge.Plan(
                    data.preparation(), all.count(), all.count(), Set.of(Measure.FID), null, Judge.PairSize.PREPARED);
            return new Judge(judge, protocol, allowed, Progress.SILENT)
                    .compare(new Summarised(drawn, null), new Stored(real), plan);
        }
    }

    /** Images of a block: so many that all sums together, of D x D doubles each, stay below half of what Spark lets a driver collect. */
    private static int blockSize(long count, int dimensions) {
        long sums = Math.max(1, COLLECTED / (8L * dimensions * dimensions));
        long size = Math.max(TASK, (count + sums - 1) / sums);
        return Math.toIntExact((size + Block.BATCH - 1) / Block.BATCH * Block.BATCH);
    }

    private static Sums seen(DrawsImages model, Wanted wanted, Block block, String name) throws IOException {
        Drawing drawing = model.drawing(wanted.request(model));
        try (FeatureNetwork network = FeatureNetworks.open(name, Device.CPU)) {
            FeatureStatistics seen = new FeatureStatistics(network.dimensions());
            block.batches((first, count) ->
                    Scope.run(() -> seen.add(network.features(Images.toPixels(drawing.images(first, count))))));
            return Sums.of(seen);
        }
    }
}
