package dev.calotype.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.drawing.InterpolationStudy.Frame;
import dev.calotype.drawing.InterpolationStudy.Walk;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpolationStudyTest {
    @TempDir
    private Path folder;

    private static SamplingSettings ddim(double eta) {
        return new SamplingSettings(SamplingSettings.Method.DDIM, 2, eta, 1);
    }

    @Test
    void theLineLosesItsNormAndTheArcKeepsIt() throws Exception {
        DiffusionExperiment experiment =
                Tiny.experiment("data.source=" + Tiny.pictures(folder.resolve("pictures")), "training.steps=2");
        RunDirectory run =
                Training.start(experiment, folder, TrainingObserver.SILENT).run();
        try (TrainedDiffusion trained = TrainedDiffusion.open(run.root(), new Placement(Device.CPU, Precision.FP32));
                FeatureNetwork network = FeatureNetworks.open("rooms", Device.CPU)) {
            var request = new Request(ddim(0), 1, Request.ANY);
            InterpolationStudy.Drawn drawn = InterpolationStudy.of(trained, network, request, 2, 5);
            Walk line = drawn.study().walk(Interpolation.LERP);
            Walk arc = drawn.study().walk(Interpolation.SLERP);
            assertThat(line.frames()).extracting(Frame::position).containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
            assertThat(drawn.study().dimensions()).isEqualTo(3 * 8 * 8);
            double cosine = Math.cos(Math.toRadians(drawn.study().angle()));
            assertThat(line.middleNorm()).isCloseTo(Math.sqrt((1 + cosine) / 2), within(0.02));
            assertThat(arc.middleNorm()).isCloseTo(1, within(0.02));
            assertThat(line.length()).isGreaterThanOrEqualTo(line.direct());
            assertThat(arc.direct()).as("the ends are the same").isCloseTo(line.direct(), within(1e-4));
            assertThat(drawn.picture().width()).isEqualTo(5 * 8 + 4 * 2);
            assertThat(drawn.picture().height()).isEqualTo(4 * 8 + 3 * 2);
            drawn.write(run);
            assertThat(InterpolationStudy.of(run)).contains(drawn.study());
            assertThat(run.studyPicture()).exists();
            var noisy = new Request(ddim(1), 1, Request.ANY);
            assertThatThrownBy(() -> InterpolationStudy.of(trained, network, noisy, 2, 5))
                    .hasMessageContaining("the study wants a sampler that adds no noise on the way");
        }
    }

    @Test
    void theTextSaysWhatWasMeasuredAndNotWhatWasExpected() {
        assertThat(study(6, 9).explanation())
                .anyMatch(text ->
                        text.contains("by 67 % of what they do at the ends on the line, and by 100 % on the arc"))
                .anyMatch(text -> text.contains("The line is the smoother one"))
                .anyMatch(text -> text.contains("= 0.707 of an end's. Measured: 19.8, which is 0.707"));
        assertThat(study(9, 8).explanation()).anyMatch(text -> text.contains("Here the line is not the smoother one"));
    }

    private static InterpolationStudy study(double line, double arc) {
        return new InterpolationStudy(
                "e",
                "w",
                1,
                2,
                "ddim",
                "n",
                "h",
                784,
                90,
                List.of(walk(Interpolation.LERP, 19.8, line), walk(Interpolation.SLERP, 28, arc)));
    }

    private static Walk walk(Interpolation mode, double norm, double contrast) {
        Frame end = new Frame(0, 28, 9, 0);
        return new Walk(mode, List.of(end, new Frame(0.5, norm, contrast, 1), new Frame(1, 28, 9, 1)), 2, 1.5);
    }
}
