package dev.calotype.kind.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.embedding.Identity;
import dev.calotype.experiment.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorExperimentTest {
    private static PriorExperiment of(String... values) {
        return (PriorExperiment) Recipe.parse("kind: prior\n", List.of(values));
    }

    @Test
    void whatIsUsualIsWhatTheDefaultsSay() {
        assertThat(of().diffusion()).isEqualTo(PriorExperiment.Diffusion.USUAL);
        assertThat(of().network()).isEqualTo(PriorExperiment.Network.USUAL);
        assertThat(of().contrast()).isEqualTo(PriorExperiment.USUAL_CONTRAST);
    }

    @ParameterizedTest
    @CsvSource({
        "diffusion, diffusion.samplingSteps=10, contrast=0.5",
        "eclipse, contrast=0.5, diffusion.guidance=2",
        "mse, network.width=64, contrast=0.5",
        "mse, network.width=64, diffusion.steps=100"
    })
    void aSettingOfAnotherMethodIsRefusedBeforeTraining(String method, String own, String others) {
        assertThatCode(of("method=" + method, own)::requireTrainable).doesNotThrowAnyException();
        assertThatThrownBy(of("method=" + method, others)::requireTrainable)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        others.substring(0, others.replace('=', '.').indexOf('.'))
                                + " must be left out where method is " + method + ", which has no use for it: ");
    }

    /** Runs before fingerprints remember the weights alone. */
    @Test
    void anEncoderOfTheSameWeightsThatPreparesPicturesInAnotherWayIsRefused() {
        PriorExperiment learned = of("encoderHash=weights, 224 px"), before = of("encoderHash=weights");
        Identity same = new Identity("weights", "weights, 224 px"), other = new Identity("weights", "weights, 336 px");
        assertThatCode(() -> learned.requireEncoder(same)).doesNotThrowAnyException();
        assertThatThrownBy(() -> learned.requireEncoder(other))
                .hasMessage(
                        "encoder must be the one whose vectors the prior has learned, weights, 224 px: weights, 336 px");
        assertThatCode(() -> before.requireEncoder(other)).doesNotThrowAnyException();
        assertThat(same.remembered("")).isEqualTo("weights, 224 px");
        assertThat(same.remembered("weights")).as("a recipe stays as it is").isEqualTo("weights");
    }

    @Test
    void aLinearMapHasNoUseForANetwork() {
        String[] ridge = {"method=ridge", "training.steps=1", "training.minutes=0"};
        assertThatCode(of(ridge)::requireTrainable).doesNotThrowAnyException();
        assertThatThrownBy(of(ridge[0], ridge[1], ridge[2], "network.depth=2")::requireTrainable)
                .hasMessageContaining("network must be left out where method is ridge");
    }
}
