package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    private Path folder;

    @Test
    void eachSetThatIsRehearsedIsOpened() throws IOException {
        Tiny.pictures(folder);
        Preflight preflight = new Preflight();
        String[] tuned = {"condition.by=label", "condition.classes=[bright, dark]", "training.tune.from=base"};
        String known = "training.tune.rehearsal.source=";
        preflight.data(Tiny.on(folder, tuned[0], tuned[1], tuned[2], known + folder));
        assertThatThrownBy(() -> preflight.data(Tiny.on(folder, tuned[0], tuned[1], tuned[2], known + "missing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void captionsAndEncodersAreLookedFor() throws IOException {
        Tiny.pictures(folder);
        String nowhere = folder.resolve("nowhere").toString();
        for (String[] asked : new String[][] {
            {"clip", "data.source=" + folder, "text.width=64", "has no captions"},
            {"prior", "data.source=" + folder, "encoder=" + folder, "has no captions"},
            {"prior", "data.source=rooms", "encoder=" + nowhere, "the encoder " + nowhere + " is not there"},
            {
                "diffusion",
                "condition.by=embedding",
                "embedding.encoder=" + nowhere,
                "the encoder " + nowhere + " is not there"
            },
            {
                "diffusion",
                "data.source=rooms",
                "latent.autoencoder=" + nowhere,
                "the autoencoder " + nowhere + " is not there"
            },
        }) {
            Experiment experiment = Recipe.parse("kind: " + asked[0] + "\n", List.of(asked[1], asked[2]));
            assertThatThrownBy(() -> new Preflight().check(experiment))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(asked[3]);
        }
    }

    @Test
    void theShareOfEachProcessMustBeLargeEnough() throws IOException {
        Tiny.pictures(folder);
        Experiment experiment = Recipe.parse(
                "kind: classifier\n",
                List.of(
                        "data.source=" + folder,
                        "test.source=''",
                        "training.batch=8",
                        "training.workers=2",
                        "mixing.mixup=0.2"));
        Training.requireShared(experiment, 2);
        assertThatThrownBy(() -> Training.requireShared(experiment, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("each of 4 processes has 2 samples of a batch: with mixing.mixup");
    }

    /** Ten pictures: the judgement at the first checkpoint would refuse them. */
    @Test
    void whatCouldNotBeJudgedIsRefusedBeforeTheTraining() throws IOException {
        Tiny.pictures(folder);
        String network = "evaluation.network=scattering";
        new Preflight().check(Tiny.on(folder, network, "evaluation.duringTraining=0"));
        assertThatThrownBy(() -> new Preflight().check(Tiny.on(folder, network, "evaluation.duringTraining=64")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the pictures of " + folder + " must be at least 64 where scattering judges, since scores of"
                                + " fewer pictures are noise or lack rank: 10");
    }
}
