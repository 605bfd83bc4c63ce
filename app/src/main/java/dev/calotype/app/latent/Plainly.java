package dev.calotype.app.latent;

import dev.calotype.app.console.Console;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.Stage;
import java.nio.file.Path;

/** The end of a chain whose pictures are of no words: they are drawn, and judged as those of any run. */
public final class Plainly {
    private static final long SEED = 1, JUDGED_SEED = 1_000_000;
    private static final int GAP = 2;

    private Plainly() {}

    /** Draws the pictures of a chain whose stages are done, and judges its decoder, which keeps the judgement. */
    public static void draw(Chain chain, Placement placement, Console console) throws Exception {
        Path run = chain.folder().resolve(Stage.DECODER.folder());
        try (DrawsImages model = TrainedFile.open(run, Capability.DRAWS_IMAGES, placement)) {
            int count = chain.settings().pictures(), columns = (int) Math.ceil(Math.sqrt(count));
            GenerativeExperiment own = model.experiment();
            var request = new Request(own.sampling(), SEED, Request.ANY);
            PngFile.write(
                    chain.picturesFile(),
                    Images.grid(
                            Scope.read(
                                    () -> Images.pictures(model.drawing(request).images(0, count))),
                            columns,
                            GAP));
            if (chain.settings().judged() > 0) judge(chain, model, console);
        }
    }

    private static void judge(Chain chain, DrawsImages model, Console console) throws Exception {
        GenerativeExperiment own = model.experiment();
        var request = new Request(own.sampling(), JUDGED_SEED, Request.ANY);
        try (FeatureNetwork network = FeatureNetworks.open(
                        own.evaluation().network(), model.placement().device());
                ImageDataset real = DataSets.open(
                        own.reference(), own.data().size(), own.data().channels())) {
            Judge judge = new Judge(
                    network, EvaluationProtocol.standard(), own.evaluation().foreignJudge(), console);
            Judgement judgement =
                    judge.drawing(model.drawing(request), real, chain.settings().judged());
            console.say("%s", judgement.sentence());
            RunDirectory run = RunDirectory.open(chain.folder().resolve(Stage.DECODER.folder()));
            run.write(run.evaluationFile(), judgement);
        }
    }
}
