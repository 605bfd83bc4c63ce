package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.collective.Ranks;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.tune.Start;
import dev.calotype.nn.Recomputation.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCountTest {
    private static final List<String> SHORT = List.of(
            "training.batch=16",
            "training.workers=1",
            "training.precision=fp32",
            "training.ema=[0.5]",
            "training.minutes=1");

    private static final String CLIP =
            "{kind: clip, data: {source: 'rooms:seen', size: 32}, image: {patch: 8, width: 32, depth: 1, heads: 2},"
                    + " text: {pairs: 300, context: 64, width: 32, depth: 1, heads: 2}, embedding: 16}";

    private interface Body<T> {
        T of(Participant participant) throws IOException;
    }

    private static <T> T with(String recipe, List<String> overrides, Body<T> body) throws IOException {
        Experiment experiment = Recipe.parse(
                recipe, Stream.concat(SHORT.stream(), overrides.stream()).toList());
        try (ImageDataset data = learnable(experiment)) {
            Experiment known = experiment.withData(data);
            return body.of(new Participant(known, known.training().placement(), data, Ranks.ALONE));
        }
    }

    private static ImageDataset learnable(Experiment experiment) throws IOException {
        return Kinds.of(experiment).learnable(experiment, DataSets.open(experiment.data()), Path.of(""));
    }

    private static MemoryEstimate estimate(String recipe, String... overrides) throws IOException {
        Optional<MemoryPlan> plan =
                with(recipe, List.of(overrides), participant -> Prepared.of(participant, Path.of(""))
                        .plan());
        return plan.orElseThrow().estimate();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: judge, data: {source: rooms, size: 32}, network: {width: 32, features: 16}}",
                "{kind: denoiser, data: {source: leaves, size: 32}, network: {widths: [16, 16, 16], blocks: [1, 1, 1]}}",
                "{kind: autoencoder, data: {source: rooms, size: 32}, network: {widths: [16, 16, 16]}, loss: {perceptual: 0.0}}",
                CLIP,
            })
    void twiceAsManySamplesTakeTwiceAsMuchBesideTheWeights(String recipe) throws IOException {
        MemoryEstimate few = estimate(recipe), many = estimate(recipe, "training.batch=32");
        assertThat(few.weights()).isPositive().isEqualTo(many.weights());
        assertThat((double) many.results() / few.results()).isBetween(1.5, 2.1);
    }

    /** What is counted of a diffusion model without making one. */
    @ParameterizedTest
    @CsvSource({"NEVER", "ALWAYS"})
    void stepsAreFoundToTakeWhatIsCountedByShapes(Policy policy) throws IOException {
        String recipe = "{data: {source: rooms, size: 32}, network: {channels: 32, blocks: 1, headChannels: 32}}";
        List<String> chosen = List.of("training.recompute=" + policy.name().toLowerCase(Locale.ROOT));
        long counted = with(recipe, chosen, participant -> MemoryPlan.of(participant.experiment())
                .orElseThrow()
                .estimate()
                .results());
        long measured = with(recipe, chosen, participant -> {
            Experiment experiment = participant.experiment();
            Task<?> task = Kinds.of(experiment).task(experiment, policy, participant.data(), Path.of(""));
            return MemoryCount.plan(participant, task, Start.FRESH).estimate().results();
        });
        assertThat((double) measured / counted).isBetween(0.8, 1.25);
    }

    /** What is left out of captions is another share of them in every step. */
    @Test
    void theLongestCaptionsAreCounted() throws IOException {
        MemoryEstimate whole = estimate(CLIP), parts = estimate(CLIP, "text.sentences=words");
        assertThat(parts.results()).isEqualTo(whole.results());
    }

    /** The discriminator plays only later than in the steps that are made. */
    @Test
    void whatTakesPartLaterIsCounted() throws IOException {
        String recipe =
                "{kind: autoencoder, data: {source: rooms, size: 32}, network: {widths: [16, 16, 16]}, loss: {perceptual: 0.0, adversarial: {weight: 0.5, start: 1000, width: 64}}}";
        assertThat(estimate(recipe).results())
                .isEqualTo(estimate(recipe, "loss.adversarial.start=0").results());
    }

    @Test
    void aNetworkThatCannotBeHeldIsRefusedBeforeItIsMade() {
        assertThatThrownBy(() -> with(CLIP, List.of(), participant -> {
                    Experiment experiment = participant.experiment();
                    Task<?> task = Kinds.of(experiment).task(experiment, Policy.NEVER, participant.data(), Path.of(""));
                    return MemoryCount.plan(participant, task, Start.FRESH, 1 << 20);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the network is too large for the 1 MB of this machine: weights, optimizer and averages need 24 bytes"
                                + " for each weight, and it has more than 43690");
    }
}
