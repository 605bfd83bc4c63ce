package dev.calotype.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenChainTest {
    private static final String TRAINING =
            """
            training: {minutes: 0, steps: 3, batch: 2, workers: 1, precision: fp32, warmup: 1, ema: [0.9], checkpointSeconds: 0}
            """;
    private static final String CLIP =
            """
            kind: clip
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 50, sentences: words, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 8
            """;
    private static final String PRIOR =
            """
            kind: prior
            method: eclipse
            pairs: 24
            test: {pairs: 8}
            network: {width: 32, depth: 1, heads: 2}
            """;
    private static final String DECODER =
            """
            condition: {by: embedding}
            embedding: {pairs: 24, tokens: 2}
            network: {channels: 32, multipliers: [1, 1], blocks: 1, attention: [2], headChannels: 32}
            """;
    private static final String CHAIN =
            """
            name: tiny
            clip: {recipe: clip.yaml}
            prior: {recipe: prior.yaml}
            decoder: {recipe: decoder.yaml}
            """;

    @TempDir
    private Path folder;

    /** Broken off within every stage, while every step writes a checkpoint. */
    @Test
    void aChainThatIsBrokenOffAgainAndAgainEndsWithTheWeightsOfAStraightOne() throws Exception {
        Files.writeString(folder.resolve("clip.yaml"), CLIP + TRAINING);
        Files.writeString(folder.resolve("prior.yaml"), PRIOR + TRAINING);
        Files.writeString(folder.resolve("decoder.yaml"), DECODER + TRAINING);
        Files.writeString(folder.resolve("chain.yaml"), CHAIN);
        List<String> straight = train("straight", Integer.MAX_VALUE);
        assertThat(straight).hasSize(3).doesNotHaveDuplicates();
        for (int steps : new int[] {2, 3, 3})
            assertThatThrownBy(() -> train("broken", steps)).isInstanceOf(Broken.class);
        assertThat(train("broken", Integer.MAX_VALUE)).isEqualTo(straight);
    }

    /** The hashes of the stages' weights, unless it breaks after so many steps. */
    private List<String> train(String name, int steps) throws IOException {
        Path file = folder.resolve("chain.yaml");
        Chain chain = Chain.create(ChainSettings.read(file, List.of()), folder.resolve(name), folder);
        TrainingObserver breaking = new TrainingObserver() {
            private int made;

            @Override
            public void step(TrainingStatus status) {
                if (++made == steps) throw new Broken();
            }
        };
        List<String> hashes = new ArrayList<>();
        for (Stage stage : chain.stages())
            hashes.add(chain.train(stage, breaking).outcome().weightsHash());
        return hashes;
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
