package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.DnCnn;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.restoration.MethodSettings.Want;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EquipmentTest {
    private static Equipment.Sources sources(String prior, String dncnn, String denoiser) {
        Equipment.Sources none = Equipment.Sources.NONE;
        return new Equipment.Sources(prior, dncnn, denoiser, none.device(), none.precision());
    }

    private static Equipment of(Equipment.Sources sources) {
        return new Equipment(sources, Scoring.NONE);
    }

    @Test
    void namesAreSeenFromAFolderAndNoneStaysNone() {
        Equipment.Sources seen = sources("runs/a", "", "../b.safetensors").in(Path.of("/studies/one"));
        assertThat(seen.prior()).isEqualTo("/studies/one/runs/a");
        assertThat(seen.dncnn()).isEmpty();
        assertThat(seen.denoiser()).isEqualTo("/studies/b.safetensors");
        assertThat(seen.device()).isEqualTo(Equipment.Sources.NONE.device());
    }

    @Test
    void whatWasNamedIsGivenAndNothingElse() {
        try (Equipment none = of(Equipment.Sources.NONE);
                Equipment all = of(sources("a", "b", "c"));
                Equipment one = of(sources("", "b", ""))) {
            for (Want want : Want.values()) {
                assertThat(none.isGiven(want)).isFalse();
                assertThat(all.isGiven(want)).isTrue();
                assertThat(one.isGiven(want)).isEqualTo(want == Want.DNCNN);
            }
            assertThat(none.hasPrior()).isFalse();
            assertThat(all.hasPrior()).isTrue();
            assertThat(none.hasDnCnn()).isFalse();
            assertThat(one.hasDnCnn()).isTrue();
            assertThat(none.hasDenoiser()).as("it comes along").isTrue();
        }
    }

    @Test
    void whatIsWantedAndWasNotNamedIsAskedFor() throws IOException {
        try (Equipment none = of(Equipment.Sources.NONE)) {
            assertThatThrownBy(() -> none.require(Want.PRIOR))
                    .hasMessageContaining("a trained diffusion model: `prior`");
            assertThatThrownBy(() -> none.prior(3)).hasMessageContaining("`prior`");
            assertThatThrownBy(() -> none.require(Want.DNCNN)).hasMessageContaining("weights of a DnCNN: `dncnn`");
            none.require(Want.DENOISER);
            assertThat(none.perceptual()).isNull();
        }
    }

    @Test
    void theDenoiserIsOpenedOnceAndClosedWithTheRest() throws IOException {
        long before;
        try (Equipment first = of(Equipment.Sources.NONE)) {
            first.denoiser(); // what the first one of all leaves
        }
        before = Scope.live();
        try (Equipment equipment = of(Equipment.Sources.NONE)) {
            DenoisingUNet network = equipment.denoiser();
            assertThat(equipment.denoiser()).isSameAs(network);
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @TempDir
    private Path folder;

    /** Of zeros, which leaves what it sees. */
    @Test
    void theNetworkOfAFileIsOpenedOnceAndClosedWithTheRest() throws IOException {
        Path file = folder.resolve("zeros.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (int i = 0; i < 2; i++) {
                weights.put("model." + 2 * i + ".weight", Tensors.of(new float[81], 3, 3, 3, 3));
                weights.put("model." + 2 * i + ".bias", Tensors.of(new float[3], 3));
            }
            SafeTensors.write(file, weights, Map.of());
        }
        try (Equipment first = of(sources("", file.toString(), ""))) {
            first.dncnn(); // what the first one of all leaves
        }
        long before = Scope.live();
        try (Equipment equipment = of(sources("", file.toString(), ""))) {
            equipment.require(Want.DNCNN);
            DnCnn network = equipment.dncnn();
            assertThat(equipment.dncnn()).isSameAs(network);
            assertThat(Scope.live()).isGreaterThan(before);
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void aMethodOpensWhatItWantsAndRefusesWhatItHasNoUseFor() throws IOException {
        try (Equipment none = of(Equipment.Sources.NONE);
                Equipment nowhere = of(sources("", "", "/nowhere/denoiser"))) {
            for (String kind : List.of("tv", "dct", "denoiser", "auto", "dip"))
                Methods.named(kind, List.of()).require(none);
            assertThatThrownBy(() -> Methods.named("dncnn", List.of()).require(none))
                    .hasMessageContaining("`dncnn`");
            assertThatThrownBy(() -> Methods.named("guided-dip", List.of()).require(none))
                    .hasMessageContaining("`prior`");
            assertThatThrownBy(() -> Methods.named("guided-dip", List.of("denoiser=dncnn"))
                            .require(none))
                    .hasMessageContaining("`dncnn`");
            assertThatThrownBy(() -> Methods.named("dip", List.of()).require(nowhere))
                    .hasMessage("`denoiser` is of no use for the method dip: leave it out, or take another `method`");
            assertThatThrownBy(() ->
                            Methods.named("dip", List.of("input=estimate")).require(nowhere))
                    .hasMessageContaining("/nowhere/denoiser");
            assertThatThrownBy(() -> Methods.named("auto", List.of()).require(nowhere))
                    .hasMessageContaining("/nowhere/denoiser");
        }
    }
}
