package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.model.TorchScriptFeatures.Input;
import dev.calotype.model.TorchScriptFeatures.Range;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchScriptFeaturesTest {
    @TempDir
    private Path folder;

    @Test
    void theProgramOfTheFileSeesThePicturesInItsRange() throws IOException {
        Path mean = script("mean", "return x.mean([2, 3])");
        Tensor[] white = new Tensor[1];
        Scope.run(() -> {
            white[0] = Tensors.of(new byte[] {-1, -1, 0, 0, 51, 51}, 1, 3, 1, 2);
            assertThat(features(mean, new Input(Range.BYTES, 0), white[0])).containsExactly(255, 0, 51);
            assertThat(features(mean, new Input(Range.UNIT, 0), white[0]))
                    .containsExactly(new float[] {1, 0, 0.2f}, within(1e-6f));
            assertThat(features(mean, new Input(Range.SIGNED, 4), white[0]))
                    .containsExactly(new float[] {1, -1, -0.6f}, within(1e-6f));
        });
    }

    @Test
    void mapsAreAveragedAndGreyIsColour() throws IOException {
        Path map = script("map", "return x * 2.0");
        Scope.run(
                () -> assertThat(features(map, new Input(Range.BYTES, 0), Tensors.of(new byte[] {10, 20}, 1, 1, 1, 2)))
                        .containsExactly(30, 30, 30));
    }

    @Test
    void saysWhatItIs() throws IOException {
        Path mean = script("mean", "return x.mean([2, 3])");
        try (TorchScriptFeatures network = TorchScriptFeatures.open(mean, new Input(Range.SIGNED, 8), Device.CPU)) {
            assertThat(network.name()).isEqualTo("torchscript mean.pt");
            assertThat(network.hash()).hasSize(16);
            assertThat(network.dimensions()).isEqualTo(3);
            assertThat(network.input()).isEqualTo("8 x 8, antialiased bilinear, signed");
        }
    }

    @Test
    void refusesWhatIsNoFeatureNetwork() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pt"), "no network");
        assertThatThrownBy(() -> TorchScriptFeatures.open(text, new Input(Range.UNIT, 0), Device.CPU))
                .hasMessageContaining("is no TorchScript file");
        Path scalar = script("scalar", "return x.mean()");
        assertThatThrownBy(() -> TorchScriptFeatures.open(scalar, new Input(Range.UNIT, 0), Device.CPU))
                .hasMessageContaining("does not turn pictures into features")
                .hasMessageContaining("(1, D)");
    }

    @Test
    void leaksNothing() throws IOException {
        Path mean = script("mean", "return x.mean([2, 3])");
        Runnable work = () ->
                Scope.run(() -> features(mean, new Input(Range.UNIT, 0), FormulaWeights.pixels("leak", 2, 3, 4, 4)));
        work.run();
        long before = Scope.live();
        work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    private static float[] features(Path file, Input input, Tensor pixels) {
        try (TorchScriptFeatures network = TorchScriptFeatures.open(file, input, Device.CPU)) {
            return Tensors.floats(network.features(pixels));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path script(String name, String body) {
        Path file = folder.resolve(name + ".pt");
        Scope.run(() -> {
            JitModule module = new JitModule(new QualifiedName(name));
            module.define("def forward(self, x):\n    " + body + "\n");
            module.save(file.toString());
        });
        return file;
    }
}
