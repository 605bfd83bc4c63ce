package dev.calotype.app.latent;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.offer.MakesLatents;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.latent.ReconstructionReport;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code evaluate} prints of an autoencoder. */
public record LatentJudgement(@JsonUnwrapped ReconstructionReport report) {
    private static final long USUAL = 1000;
    private static final List<String> LEARNED = List.of("rooms", "rooms:train");

    /** Whether a run is of an autoencoder. */
    public static boolean isOne(Experiment experiment) {
        return Kinds.capabilities(experiment).contains(MakesLatents.CAPABILITY);
    }

    /**
     * Of an autoencoder; a run keeps it.
     *
     * @param against what goes through it; null for what it learned from, or {@code rooms:test}
     * @param count null for {@value #USUAL}
     */
    public static LatentJudgement of(Path path, String against, Integer count, Placement placement, Console console)
            throws Exception {
        DataSettings own = TrainedFile.experiment(path).data();
        String usual = LEARNED.contains(own.source()) ? "rooms:test" : own.source();
        String source = against == null ? usual : against;
        try (AutoencoderFile file = AutoencoderFile.open(path, placement);
                ImageDataset data = DataSets.open(source, own);
                FeatureNetwork network = FeatureNetworks.open(Belonging.usualNetwork(source), placement.device())) {
            ReconstructionReport report = ReconstructionReport.of(
                    file, data, own.preparation(), count == null ? USUAL : count, network, console);
            if (Files.isDirectory(path)) {
                RunDirectory run = RunDirectory.open(path);
                run.write(run.reconstructionFile(), report);
            }
            return new LatentJudgement(report);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d pictures of %s there and back: PSNR %.2f dB, SSIM %.4f, rFID %.3g (%s %s)",
                report.images(),
                report.data(),
                report.psnr(),
                report.ssim(),
                report.fid(),
                report.network(),
                report.networkHash());
    }
}
