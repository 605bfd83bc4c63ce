package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.settings.RecipeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BelongingTest {
    private static final String ROOMS =
            "data: {source: \"rooms:train\", size: 32}\nevaluation: {against: \"rooms:test\", network: rooms}";

    @Test
    void theJudgeFollowsAnotherDataSet() {
        GenerativeExperiment photographs = recipe(ROOMS, "data.source=photographs");
        assertThat(photographs.evaluation().network()).isEqualTo("scattering");
        assertThat(photographs.reference()).isEqualTo("photographs");
        assertThatCode(photographs::requireOwnJudge).doesNotThrowAnyException();
    }

    @Test
    void theJudgeStaysWithOtherPartsOfItsDataSet() {
        GenerativeExperiment rooms = recipe(ROOMS, "data.source=rooms");
        assertThat(rooms.evaluation().network()).isEqualTo("rooms");
        assertThat(rooms.reference()).isEqualTo("rooms:test");
    }

    @Test
    void theReferenceOfOtherPicturesFollowsToo() {
        String mine =
                "data: {source: mine/train}\nevaluation: {against: mine/test, network: \"inception:weights.pth\"}";
        assertThat(recipe(mine).reference()).isEqualTo("mine/test");
        GenerativeExperiment yours = recipe(mine, "data.source=yours");
        assertThat(yours.reference()).isEqualTo("yours");
        assertThat(yours.evaluation().network()).isEqualTo("inception:weights.pth");
        assertThat(recipe(mine, "data.source=yours", "evaluation.against=ours").reference())
                .isEqualTo("ours");
    }

    @Test
    void aRecipeThatNamesNoNetworkHasOneOfItsData() {
        assertThat(recipe("data: {source: photographs}").evaluation().network()).isEqualTo("scattering");
        assertThat(recipe("data: {source: rooms}").evaluation().network()).isEqualTo("rooms");
        assertThat(recipe("kind: gan").evaluation().network()).isEqualTo("rooms");
    }

    @Test
    void theJudgeOfRoomsIsRefusedForAnythingElse() {
        assertThatThrownBy(() -> recipe("data: {source: photographs}\nevaluation: {network: rooms}")
                        .requireOwnJudge())
                .isInstanceOf(RecipeException.class)
                .hasMessage(
                        "the feature network rooms belongs to rooms alone, and photographs is another data set; judge it"
                                + " by scattering, or inception with its weights, (evaluation.network, `network`) against photographs"
                                + " (evaluation.against) (who insists sets evaluation.foreignJudge=allow, `foreignJudge`)");
        assertThatThrownBy(() -> recipe(ROOMS, "data.source=photographs", "evaluation.network=rooms:my.safetensors")
                        .requireOwnJudge())
                .hasMessageContaining("belongs to rooms alone");
        assertThatCode(() -> recipe(
                                ROOMS,
                                "data.source=photographs",
                                "evaluation.network=rooms",
                                "evaluation.foreignJudge=allow")
                        .requireOwnJudge())
                .doesNotThrowAnyException();
    }

    @Test
    void aReferenceOfAnotherDataSetIsRefused() {
        assertThatThrownBy(() -> recipe("data: {source: photographs}\nevaluation: {against: \"rooms:test\"}")
                        .requireOwnJudge())
                .hasMessageContaining("what learned from photographs cannot be judged against rooms:test");
        assertThatThrownBy(() -> recipe("data: {source: rooms}\nevaluation: {against: photographs, network: inception}")
                        .requireOwnJudge())
                .hasMessageContaining("what learned from rooms cannot be judged against photographs");
        assertThatThrownBy(() -> recipe("data: {source: rooms}\nevaluation: {network: \"lenet:w.pth\"}")
                        .requireOwnJudge())
                .hasMessageContaining("belongs to MNIST alone");
    }

    @Test
    void whereNobodyKnowsWhatPicturesAreTheReferenceDecides() {
        assertThat(new Belonging("rooms-judge", "rooms", "", "rooms:test").fault())
                .isEmpty();
        assertThat(new Belonging("rooms-judge", "rooms", "", "photographs").fault())
                .isPresent();
        assertThat(new Belonging("scattering", "", "", "rooms:test").fault()).isEmpty();
    }

    private static GenerativeExperiment recipe(String yaml, String... overrides) {
        return (GenerativeExperiment) Recipe.parse(yaml, List.of(overrides));
    }
}
