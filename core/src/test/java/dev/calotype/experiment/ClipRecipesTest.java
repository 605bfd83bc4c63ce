package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.moving.Motion;
import dev.calotype.data.video.ClipSettings.Sampling;
import dev.calotype.run.Preflight;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What recipes say of clips. */
class ClipRecipesTest {
    private static Experiment classifier(String... data) {
        return Recipe.parse(
                "kind: classifier\ndata: {source: moving, size: 32, channels: 3, " + String.join(", ", data) + "}",
                List.of());
    }

    private static Experiment clips() {
        return Recipe.parse(
                "kind: classifier\ndata: {clip: {frames: 4}}\nnetwork: {architecture: vivit, tubelet: 2}", List.of());
    }

    @Test
    void testsAreEvenWhateverIsLearnedFrom() {
        DataSettings data = clips().data();
        assertThat(data.preparation().moments()).isEqualTo(Sampling.RANDOM);
        assertThat(data.preparation().plain().moments()).isEqualTo(Sampling.EVEN);
    }

    @Test
    void theBuiltInClipsHaveAsManyFramesAsTheRecipeSays() throws IOException {
        try (ImageDataset data = DataSets.open(clips().data())) {
            assertThat(data.read(0).pictures()).hasSize(4);
        }
        assertThatThrownBy(() -> DataSets.open("moving:val", 32, 3))
                .hasMessage("moving has the splits moving:train and moving:test: moving:val");
    }

    @Test
    void aKindThatLearnsFromPicturesRefusesClips() {
        Experiment diffusion = Recipe.parse("data: {clip: {frames: 3}}", List.of());
        assertThatThrownBy(() -> new Preflight().settings(diffusion))
                .hasMessage("data.clip.frames must be 1 for the kind diffusion, which learns from single pictures: 3");
    }

    @Test
    void mirroringIsRefusedWhereItMakesOneClassOfAnother() {
        Experiment flipped = classifier("flip: random");
        List<String> motions = Arrays.stream(Motion.values()).map(Motion::key).toList();
        assertThatThrownBy(() -> flipped.withClasses(motions))
                .hasMessage("flip must be none where mirroring makes the class pan-right of pan-left: random");
        assertThatThrownBy(() -> flipped.withClasses(List.of("Turn Left", "turn right")))
                .hasMessageContaining("flip");
        flipped.withClasses(List.of("leftover", "rightover", "left"));
        classifier("flip: none").withClasses(motions);
        for (String kind : List.of("diffusion", "gan")) {
            Experiment told =
                    Recipe.parse("kind: " + kind + "\ndata: {flip: random}\ncondition: {by: label}", List.of());
            assertThatThrownBy(() -> told.withClasses(motions)).hasMessageContaining("the class pan-right of pan-left");
            Experiment untold = Recipe.parse("kind: " + kind + "\ndata: {flip: random}", List.of());
            assertThat(untold.withClasses(motions).classes()).isEmpty();
        }
    }
}
