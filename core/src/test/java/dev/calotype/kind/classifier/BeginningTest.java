package dev.calotype.kind.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.vit.PretrainedVit;
import dev.calotype.checkpoint.vit.TransformersVit;
import dev.calotype.checkpoint.vit.VitTransfer;
import dev.calotype.experiment.Recipe;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers of clips that begin with a network for pictures, as their recipes say. */
class BeginningTest extends InScope {
    private static final Path VIT = Path.of("src/test/resources/vit/vit");
    private static final String RECIPE =
            """
            kind: classifier
            data: {size: %d, clip: {frames: 4}}
            network: {architecture: vivit, patch: 4, width: 32, depth: 2, temporalDepth: 0, heads: 4, hidden: 64,
              pool: class-token, epsilon: 1.0e-12, start: %s}
            init: {from: src/test/resources/vit/vit}
            """;

    private static Vivit begun(int size, String start, String... overrides) {
        String recipe = String.format(Locale.ROOT, RECIPE, size, start);
        var experiment = (ClassifierExperiment) Recipe.parse(recipe, List.of(overrides));
        Vivit network = (Vivit) experiment.withClasses(List.of("left", "right")).network(Rng.of(5));
        experiment.init().into(network, List.of("left", "right"));
        return network;
    }

    /** Features of a clip of four equal pictures. */
    private static float[] ofStill(Vivit video, Tensor picture) {
        Tensor still = picture.unsqueeze(1).repeat(1, 4, 1, 1, 1); // (N, T, C, H, W)
        return Scope.read(() -> Tensors.floats(video.features(still)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inflation", "central-frame"})
    void aStillClipIsWhatItsPictureIsToThatNetwork(String start) throws IOException {
        PretrainedVit vit = TransformersVit.read(VIT);
        Tensor picture = Rng.of(1).normal(2, 3, 16, 16);
        float[] expected = Scope.read(
                () -> Tensors.floats(vit.network().features(vit.pixels().apply(picture))));
        assertThat(ofStill(begun(16, start), picture)).containsExactly(expected, within(2e-4f));
    }

    @Test
    void itsPositionsAreResizedAsThoseOfANetworkForPicturesAre() throws IOException {
        PretrainedVit vit = TransformersVit.read(VIT);
        VisionTransformer larger =
                new VisionTransformer(vit.network().config(), new VisionTransformerConfig.Ports(24, 3, 0));
        VitTransfer.begin(larger, List.of(), vit);
        Tensor picture = Rng.of(1).normal(2, 3, 24, 24);
        assertThat(ofStill(begun(24, "inflation"), picture))
                .containsExactly(Scope.read(() -> Tensors.floats(larger.features(picture))), within(2e-4f));
    }

    @Test
    void theClassesAreItsOwn() {
        Vivit video = begun(16, "inflation");
        assertThat(video.ports()).isEqualTo(new Ports(4, 16, 3, 2));
        assertThat(Tensors.shape(video.forward(Rng.of(1).normal(1, 4, 3, 16, 16))))
                .containsExactly(1, 2);
    }

    @Test
    void anotherShapeIsRefusedByWhatIsOther() {
        assertThatThrownBy(() -> begun(16, "inflation", "network.depth=3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("init.from: depth must be that of the network for images, 2: 3");
        assertThatThrownBy(() -> begun(16, "inflation", "network.pool=mean"))
                .hasMessage("init.from: pool must be that of the network for images, CLASS_TOKEN: MEAN");
        assertThatThrownBy(() -> begun(16, "inflation", "data.channels=1"))
                .hasMessage("init.from: data.channels must be 3, as of the network to begin with: 1");
    }
}
