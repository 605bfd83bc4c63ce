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

    @Test
    void whoeverDrawsInTheSamplersPlaceIsSaidWhereTheVarianceIsLearnedToo() {
        List<String> learned = notes(
                "process.variance=learned-range", "process.loss=hybrid", "process.steps=1000", "sampling.steps=20");
        assertThat(learned)
                .anyMatch(note ->
                        note.startsWith("The pipeline draws by DDPM, with fresh noise in each step, not by ddim:"));
        assertThat(learned)
                .contains(
                        "The pipeline takes 1000 steps unless it is told: pass num_inference_steps=250 when you call it.");
        List<String> own = notes("process.variance=learned-range", "process.loss=hybrid", "sampling.method=ancestral");
        assertThat(own).noneMatch(note -> note.startsWith("The pipeline draws by"));
        assertThat(notes("sampling.method=euler"))
                .anyMatch(note -> note.startsWith("The pipeline draws by DDIM, not by euler"));
    }

    @Test
    void stepsThatAreOfNoConfigAreSaid() {
        assertThat(notes("process.steps=1000", "sampling.steps=20"))
                .contains(
                        "The pipeline takes 50 steps unless it is told: pass num_inference_steps=20 when you call it.");
        assertThat(notes("process.steps=1000", "sampling.steps=50"))
                .noneMatch(note -> note.contains("num_inference_steps"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EulerDiscreteScheduler",
                "EulerAncestralDiscreteScheduler",
                "HeunDiscreteScheduler",
                "PNDMScheduler",
                "LMSDiscreteScheduler",
                "KDPM2DiscreteScheduler",
                "DPMSolverSDEScheduler",
                "TCDScheduler",
                "UnCLIPScheduler"
            })
    void thresholdsOfAClassThatHasNoneAreNamedAndDoNothing(String name) throws IOException {
        ObjectNode thresholded = config(name).put("thresholding", true).put("skip_prk_steps", true);
        assertThat(clip(thresholded)).isNotEqualTo("dynamic").isEqualTo(clip(config(name)));
        assertThat(DiffusersScheduler.read(thresholded, false).notes())
                .contains("thresholding true is without effect: " + name + " has none.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DDPMScheduler",
                "DDIMScheduler",
                "LCMScheduler",
                "DPMSolverMultistepScheduler",
                "UniPCMultistepScheduler",
                "DEISMultistepScheduler",
                "SASolverScheduler",
                "DPMSolverSinglestepScheduler"
            })
    void thresholdsOfAClassThatHasThemAct(String name) throws IOException {
        ObjectNode thresholded = config(name).put("thresholding", true);
        assertThat(clip(thresholded)).isEqualTo("dynamic");
        assertThat(DiffusersScheduler.read(thresholded, false).notes())
                .noneMatch(note -> note.contains("thresholding"));
    }

    private static String timetable(ObjectNode config) throws IOException {
        var table = DiffusersScheduler.read(config, false).sampling().at("/timetable");
        return table.get("spacing").asText() + " to " + table.get("end").asText();
    }

    @Test
    void stepsAreSpacedAsTheClassHasThemWhoeverDrawsInItsPlace() throws IOException {
        for (String name : new String[] {"LMSDiscreteScheduler", "KDPM2DiscreteScheduler", "DEISMultistepScheduler"}) {
            assertThat(timetable(config(name))).as(name).isEqualTo("linspace to clean");
            ObjectNode said = config(name).put("timestep_spacing", "trailing");
            assertThat(timetable(said)).as(name).isEqualTo("trailing to clean");
        }
        for (String name : new String[] {"TCDScheduler", "DDPMParallelScheduler", "DDIMParallelScheduler"})
            assertThat(timetable(config(name))).as(name).isEqualTo("leading to clean");
        assertThat(timetable(config("DPMSolverSinglestepScheduler").put("timestep_spacing", "trailing")))
                .isEqualTo("linspace to clean");
    }

    @Test
    void whatAnotherClassLeftInTheFileDoesNothing() throws IOException {
        assertThat(timetable(config("LMSDiscreteScheduler").put("set_alpha_to_one", false)))
                .isEqualTo("linspace to clean");
        ObjectNode sigmas = config("EulerAncestralDiscreteScheduler").put("final_sigmas_type", "sigma_min");
        assertThat(timetable(sigmas)).isEqualTo("linspace to clean");
        assertThat(DiffusersScheduler.read(sigmas, false).notes())
                .containsExactly(
                        "final_sigmas_type sigma_min is without effect: EulerAncestralDiscreteScheduler has none.");
        assertThat(timetable(config("EulerDiscreteScheduler").put("final_sigmas_type", "sigma_min")))
                .isEqualTo("linspace to first-step");
        ObjectNode zero = config("HeunDiscreteScheduler").put("rescale_betas_zero_snr", true);
        assertThat(DiffusersScheduler.read(zero, false)
                        .process()
                        .get("schedule")
                        .asText())
                .isEqualTo("linear");
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
