package dev.calotype.model.vivit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vivit.VivitConfig.Order;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.nn.transformer.TubeletEmbedding.Start;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network for clips that begins as one for images says of a still clip what the other says of the picture. */
class ImageStartTest {
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void free() {
        scope.close();
    }

    private static VisionTransformer image(VisionTransformerConfig.Pool pool) {
        var config = new VisionTransformerConfig(
                4,
                16,
                2,
                4,
                24,
                Stem.PATCHES,
                VisionTransformerConfig.Position.LEARNED,
                pool,
                0,
                VisionTransformerConfig.Distillation.NONE,
                0,
                0,
                0,
                1e-6);
        VisionTransformer network =
                new VisionTransformer(config, new VisionTransformerConfig.Ports(8, 3, 7), Rng.of(2));
        Rng rng = Rng.of(8);
        Scope.inference(() -> {
            Tensors.parameters(network)
                    .values()
                    .forEach(p -> p.add_(rng.normal(Tensors.shape(p)).mul(new Scalar(0.2))));
            return Tensors.of(0.0);
        });
        return network;
    }

    private static Vivit video(Variant variant, Start start, VivitConfig.Pool pool) {
        var config = new VivitConfig(
                variant, Order.TIME_SPACE, 0, 2, start, 4, 16, 2, 0, 4, 24, pool, Activation.GELU, 0, 0, 1e-6);
        return new Vivit(config, new Ports(6, 8, 3, 5), Rng.of(6));
    }

    /**
     * Of a still clip all moments are alike, so that attention among all tokens, and in space alone, are those of the picture. Only with a
     * class token in a joint attention of several moments, and with heads that look in time, this need not hold.
     */
    @ParameterizedTest
    @CsvSource({
        "FACTORISED_ENCODER, INFLATION, CLASS_TOKEN",
        "FACTORISED_ENCODER, CENTRAL_FRAME, MEAN",
        "FACTORISED_SELF_ATTENTION, INFLATION, MEAN",
        "FACTORISED_SELF_ATTENTION, CENTRAL_FRAME, MEAN",
        "SPATIO_TEMPORAL, CENTRAL_FRAME, MEAN",
        "SPATIO_TEMPORAL, INFLATION, MEAN"
    })
    void aStillClipIsWhatItsPictureIs(Variant variant, Start start, VivitConfig.Pool pool) {
        VisionTransformer image = image(VisionTransformerConfig.Pool.valueOf(pool.name()));
        Vivit video = video(variant, start, pool);
        ImageStart.apply(video, image);
        Tensor picture = Rng.of(1).normal(2, 3, 8, 8);
        Tensor still = picture.unsqueeze(1).repeat(1, 6, 1, 1, 1);
        assertThat(Tensors.floats(video.features(still)))
                .containsExactly(Tensors.floats(image.features(picture)), within(1e-5f));
    }

    @Test
    void theCentralFrameOfATubeletAloneIsSeenAtFirst() {
        Vivit video = video(Variant.FACTORISED_ENCODER, Start.CENTRAL_FRAME, VivitConfig.Pool.MEAN);
        Tensor x = Rng.of(1).normal(1, 6, 3, 8, 8), other = x.clone();
        other.select(1, 0).zero_();
        other.select(1, 4).zero_();
        assertThat(Tensors.floats(video.features(other))).containsExactly(Tensors.floats(video.features(x)));
        other.select(1, 5).zero_();
        assertThat(Tensors.floats(video.features(other))).isNotEqualTo(Tensors.floats(video.features(x)));
    }

    @Test
    void aNetworkOfAnotherShapeIsRefusedByWhatIsOther() {
        assertThatThrownBy(() -> ImageStart.apply(
                        video(Variant.SPATIO_TEMPORAL, Start.RANDOM, VivitConfig.Pool.CLASS_TOKEN),
                        image(VisionTransformerConfig.Pool.MEAN)))
                .hasMessage("pool must be that of the network for images, MEAN: CLASS_TOKEN");
    }
}
