package dev.calotype.examples;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judgement;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Compares what a model of rooms draws with rooms that it has not seen. */
public final class Judge {
    private Judge() {}

    /** Arguments: a run or a checkpoint, and how many pictures of each side. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        Judgement judgement = judge(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.printf(
                Locale.ROOT,
                "FID %.1f, KID %.3f, precision %.2f, recall %.2f (%s, %d pictures)%n",
                judgement.score("fid"),
                judgement.score("kid"),
                judgement.score("precision"),
                judgement.score("recall"),
                judgement.network(),
                judgement.images());
    }

    static Judgement judge(Path run, int count) throws IOException {
        Placement placement = Placement.best();
        try (DrawsImages model = TrainedFile.open(run, Capability.DRAWS_IMAGES, placement);
                FeatureNetwork network = FeatureNetworks.open("rooms", placement.device());
                ImageDataset real = open("rooms:test", model.experiment().data())) {
            var request = new Request(model.experiment().sampling(), 1, Request.ANY);
            var judge = new dev.calotype.judge.Judge(network, EvaluationProtocol.standard(), Progress.SILENT);
            return judge.drawing(model.drawing(request), real, count);
        }
    }

    private static ImageDataset open(String source, DataSettings like) throws IOException {
        return DataSets.open(source, like.size(), like.channels());
    }
}
