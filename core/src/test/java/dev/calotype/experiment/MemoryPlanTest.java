package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.nn.Recomputation.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {
    private static MemoryPlan plan(String... overrides) {
        return MemoryPlan.of(Tiny.experiment(overrides)).orElseThrow();
    }

    @Test
    void aSmallTrainingFitsAndKeepsItsResults() {
        MemoryPlan plan = plan();
        assertThat(plan.policy()).isEqualTo(Policy.NEVER);
        assertThat(plan.advice()).isEmpty();
        assertThat(plan.toString()).contains("Memory: about ").doesNotContain("too little");
    }

    @Test
    void whatDoesNotFitIsRecomputedAndTheRestIsAdvised() {
        String[] huge = {"data.size=256", "training.batch=1024", "training.workers=1"};
        MemoryPlan plan = plan(huge);
        assertThat(plan.policy()).isEqualTo(Policy.ALWAYS);
        assertThat(plan.advice()).startsWith("set training.accumulate=");
        int parts = Integer.parseInt(plan.advice().replaceAll("\\D", ""));
        String accumulate = "training.accumulate=" + parts;
        assertThat(plan(huge[0], huge[1], huge[2], accumulate).advice()).isEmpty();
        assertThat(plan(huge[0], huge[1], huge[2], "training.recompute=never").advice())
                .isEqualTo("set training.recompute=always and " + accumulate);
    }

    @Test
    void theRecipeHasTheLastWord() {
        assertThat(plan("training.recompute=always").policy()).isEqualTo(Policy.ALWAYS);
        assertThat(plan("data.size=1024", "training.batch=4096", "training.recompute=never")
                        .policy())
                .isEqualTo(Policy.NEVER);
    }

    @Test
    void aNetworkThatCannotBeHeldIsRefused() {
        assertThatThrownBy(() -> plan("network.channels=4096", "network.multipliers=[64, 64]", "network.blocks=16"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("the network is too large for the \\d+ MB of this machine; .*: \\d+");
    }

    private static MemoryPlan planOfGan(String architecture, int batch) {
        String size = "data.size=64", of = "network.architecture=" + architecture;
        return MemoryPlan.of(Recipe.parse("kind: gan", List.of(of, size, "training.batch=" + batch)))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dcgan", "stylegan2"})
    void aGanThatDoesNotFitIsAdvisedASmallerBatchThatFits(String architecture) {
        assertThat(planOfGan(architecture, 16).advice()).isEmpty();
        String advice = planOfGan(architecture, 65_536).advice();
        assertThat(advice).startsWith("set training.batch=");
        int batch = Integer.parseInt(advice.replaceAll("\\D", ""));
        assertThat(planOfGan(architecture, batch).advice()).isEmpty();
    }
}
