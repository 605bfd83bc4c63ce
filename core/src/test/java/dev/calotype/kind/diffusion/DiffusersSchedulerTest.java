package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Tiny;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a config leaves unsaid is what its class has there, as diffusers 0.42.1 has it. */
class DiffusersSchedulerTest {
    private static ObjectNode config(String name) {
        return JsonNodeFactory.instance.objectNode().put("_class_name", name);
    }

    private static String clip(ObjectNode config) throws IOException {
        return DiffusersScheduler.read(config, false)
                .sampling()
                .at("/clip/kind")
                .asText();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LMSDiscreteScheduler",
                "DPMSolverSinglestepScheduler",
                "DPMSolverSDEScheduler",
                "KDPM2DiscreteScheduler",
                "KDPM2AncestralDiscreteScheduler",
                "DEISMultistepScheduler",
                "TCDScheduler",
                "PNDMScheduler",
                "EulerDiscreteScheduler",
                "UniPCMultistepScheduler"
            })
    void whatTheSchedulerDoesNotClipIsNotClippedWhateverAnotherLeftInItsFile(String name) throws IOException {
        assertThat(clip(config(name))).isEqualTo("none");
        assertThat(clip(config(name).put("prediction_type", "v_prediction"))).isEqualTo("none");
        assertThat(clip(config(name).put("clip_sample", true))).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DDPMScheduler", "DDIMScheduler", "UnCLIPScheduler", "DDIMParallelScheduler"})
    void whatTheSchedulerClipsUnlessItIsToldNotToIsClipped(String name) throws IOException {
        assertThat(clip(config(name))).isEqualTo("clamp");
        assertThat(clip(config(name).put("clip_sample", false))).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HeunDiscreteScheduler", "LCMScheduler"})
    void whatTheSchedulerClipsOnlyIfItIsToldToIsNotClippedUntold(String name) throws IOException {
        assertThat(clip(config(name))).isEqualTo("none");
        assertThat(clip(config(name).put("clip_sample", true))).isEqualTo("clamp");
    }

    @Test
    void aPipelineOfDdimTakesTheDefaultsOfDdim() throws IOException {
        assertThat(DiffusersScheduler.read(config("PNDMScheduler"), true)
                        .sampling()
                        .at("/clip/kind")
                        .asText())
                .isEqualTo("clamp");
    }

    @Test
    void pndmEndsAtItsFirstStepAlsoWhereDdimTakesItsPlace() throws IOException {
        ObjectNode config = config("PNDMScheduler").put("prediction_type", "v_prediction");
        DiffusersScheduler read = DiffusersScheduler.read(config, false);
        assertThat(read.sampling().at("/method").asText()).isEqualTo("ddim");
        assertThat(read.sampling().at("/timetable/end").asText()).isEqualTo("first-step");
        DiffusersScheduler ddim = DiffusersScheduler.read(config("DDIMScheduler"), false);
        assertThat(ddim.sampling().at("/timetable/end").asText()).isEqualTo("clean");
    }

    @Test
    void betasThatAreNotSaidAreThoseOfTheClass() throws IOException {
        for (String name : new String[] {"KDPM2DiscreteScheduler", "DPMSolverSDEScheduler", "HeunDiscreteScheduler"})
            assertThat(DiffusersScheduler.read(config(name), false).process())
                    .as(name)
                    .isEqualTo(DiffusersScheduler.read(
                                    config("DDPMScheduler")
                                            .put("beta_start", 0.00085)
                                            .put("beta_end", 0.012),
                                    false)
                            .process());
        assertThat(DiffusersScheduler.read(config("TCDScheduler"), false).process())
                .isEqualTo(
                        DiffusersScheduler.read(config("LCMScheduler"), false).process());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EDMDPMSolverMultistepScheduler",
                "EDMEulerScheduler",
                "CMStochasticIterativeScheduler",
                "FlowMatchEulerDiscreteScheduler",
                "IPNDMScheduler",
                "OfALaterVersion"
            })
    void aSchedulerWithoutAChainOfBetasIsRefused(String name) {
        assertThatThrownBy(() -> DiffusersScheduler.read(config(name), false))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("scheduler_config.json: _class_name must be one of DDIMParallelScheduler, DDIM")
                .hasMessageEndingWith("Scheduler: " + name);
    }

    @Test
    void freshNoiseThatIsOfNoConfigIsSaid() {
        String told = "sampling.eta 0.5 stands in no config of diffusers: pass eta=0.5 when you call the pipeline.";
        assertThat(notes("sampling.eta=0.5")).contains(told);
        assertThat(notes()).doesNotContain(told);
    }

    @Test
    void anExportSaysThatOptimizedStepsDoNotComeAlong() {
        String told =
                "sampling.optimized stands in no config of diffusers: the pipeline takes the steps of its scheduler.";
        assertThat(notes("sampling.optimized=[{method: uni-pc, sigmas: [9, 1]}]"))
                .contains(told);
        assertThat(notes()).doesNotContain(told);
    }

    private static List<String> notes(String... overrides) {
        List<String> notes = new ArrayList<>();
        List<String> all = new ArrayList<>(List.of("process.told=steps", "process.variance=fixed-small"));
        all.addAll(List.of("process.loss=simple", "sampling.method=ddim"));
        all.addAll(List.of(overrides));
        DiffusersScheduler.json(Tiny.experiment(all.toArray(String[]::new)), notes);
        return notes;
    }
}
