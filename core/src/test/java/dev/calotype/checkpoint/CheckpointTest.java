package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest extends InScope {
    @TempDir
    Path folder;

    private static Checkpoint at(long step) {
        return new Checkpoint(
                Checkpoint.groups(Map.of(
                        "model", Map.of("w", Rng.of(step).normal(4, 5)),
                        "ema", Map.of("w", Rng.of(step + 1000).normal(4, 5)))),
                "network:\n  channels: 32\n",
                Map.of("step", (double) step, "seconds", 1.25));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("x.safetensors");
        Checkpoint written = at(1234);
        written.write(file);
        Checkpoint read = Checkpoint.read(file);
        assertThat(read.experiment()).isEqualTo(written.experiment());
        assertThat(read.state()).isEqualTo(written.state());
        assertThat(read.step()).isEqualTo(1234);
        assertThat(Digest.of(read.tensors())).isEqualTo(Digest.of(written.tensors()));
        assertThat(read.group("ema")).containsOnlyKeys("w");
        assertThat(Tensors.floats(read.group("ema").get("w")))
                .containsExactly(Tensors.floats(Rng.of(2234).normal(4, 5)));
        assertThat(read.group("optimizer")).isEmpty();
    }

    @Test
    void aSingleChangedBitIsNoticed() throws IOException {
        Path file = folder.resolve("x.safetensors");
        at(1).write(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 100] ^= 1;
        Files.write(file, bytes);
        long before = Scope.live();
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is damaged: its tensors have changed");
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void oneGroupIsReadWithoutTheOthers() throws IOException {
        Path file = folder.resolve("x.safetensors");
        at(7).write(file);
        byte[] bytes = Files.readAllBytes(file);
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            long inModel = open.header().entries().get("model/w").begin();
            bytes[bytes.length - 2 * 20 * Float.BYTES + (int) inModel] ^= 1;
        }
        Files.write(file, bytes);
        Checkpoint.Group ema = Checkpoint.readGroup(file, "ema");
        assertThat(ema.step()).isEqualTo(7);
        assertThat(ema.sha256()).isEqualTo(Digest.of(ema.tensors()));
        assertThat(Tensors.floats(ema.tensors().get("w")))
                .containsExactly(Tensors.floats(Rng.of(1007).normal(4, 5)));
        assertThatThrownBy(() -> Checkpoint.readGroup(file, "model"))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is damaged: its tensors have changed");
    }

    @Test
    void aGroupOfAFileWithoutDigestsOfGroupsIsReadAsWell() throws IOException {
        Path file = folder.resolve("old.safetensors");
        Map<String, Tensor> tensors = at(3).tensors();
        SafeTensors.write(
                file, tensors, Map.of("experiment", "", "state", "{\"step\":3}", "sha256", Digest.of(tensors)));
        Checkpoint.Group ema = Checkpoint.readGroup(file, "ema");
        assertThat(ema.step()).isEqualTo(3);
        assertThat(ema.tensors()).containsOnlyKeys("w");
        assertThat(ema.sha256()).isEqualTo(Digest.of(ema.tensors()));
        assertThat(Checkpoint.readGroup(file, "other").tensors()).isEmpty();
    }

    @Test
    void aGroupThatIsMissingOrWithoutADigestIsNoticed() throws IOException {
        Path file = folder.resolve("x.safetensors");
        at(5).write(file);
        SafeTensors written = SafeTensors.read(file);
        Map<String, Tensor> fewer = new HashMap<>(written.tensors());
        fewer.remove("ema/w");
        Map<String, Tensor> more = new HashMap<>(written.tensors());
        more.put("w", torch.ones(2));
        for (Map<String, Tensor> changed : List.of(fewer, more)) {
            SafeTensors.write(file, changed, written.metadata());
            assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("its tensors have changed");
        }
    }

    @Test
    void tensorsOutsideOfGroupsAreCheckedAsWell() throws IOException {
        Path file = folder.resolve("x.safetensors");
        new Checkpoint(
                        Map.of("a/b/w", torch.ones(2), "a/w", torch.ones(3), "w", torch.ones(4)),
                        "",
                        Map.of("step", 1.0))
                .write(file);
        assertThat(Checkpoint.read(file).tensors()).containsOnlyKeys("a/b/w", "a/w", "w");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("its tensors have changed");
    }

    @Test
    void anOlderFileIsHeldAgainstTheDigestOfAll() throws IOException {
        Path file = folder.resolve("old.safetensors");
        Map<String, Tensor> tensors = at(3).tensors();
        for (String digest : List.of(Digest.of(tensors), Digest.of(Map.of()))) {
            SafeTensors.write(file, tensors, Map.of("experiment", "", "state", "{\"step\":3}", "sha256", digest));
            if (digest.equals(Digest.of(tensors)))
                assertThat(Checkpoint.read(file).tensors()).hasSize(2);
            else assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("its tensors have changed");
        }
    }

    @Test
    void otherSafetensorsFilesAreNoCheckpoints() throws IOException {
        Path file = folder.resolve("x.safetensors");
        SafeTensors.write(file, Map.of("w", torch.ones(2)), Map.of("experiment", "", "state", "{}"));
        assertThatThrownBy(() -> Checkpoint.read(file))
                .hasMessage(file + " is no checkpoint: its metadata has no groups");
        for (String state : new String[] {
            "{}", "null", "[]", "{\"step\":-1}", "{\"step\":null}", "{\"step\":1} 2", "{\"step\":1,\"step\":2}"
        }) {
            SafeTensors.write(file, Map.of(), Map.of("experiment", "", "sha256", "", "state", state));
            assertThatThrownBy(() -> Checkpoint.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("state");
        }
    }

    @Test
    void stateIsFiniteAndHasAWholeStep() {
        assertThatThrownBy(() -> new Checkpoint(Map.of(), "", Map.of("step", 1.5)))
                .hasMessageContaining("1.5");
        assertThatThrownBy(() -> new Checkpoint(Map.of(), "", Map.of("step", 1.0, "loss", Double.NaN)))
                .hasMessage("state loss must be finite: NaN");
    }

    @Test
    void theDigestDependsOnNamesTypesShapesAndValuesOnly() {
        Tensor x = Rng.of(1).normal(2, 3);
        String digest = Digest.of(Map.of("x", x));
        assertThat(digest)
                .matches("[0-9a-f]{64}")
                .isEqualTo(Digest.of(Map.of("x", x.t().contiguous().t())));
        assertThat(List.of(
                        Digest.of(Map.of("y", x)),
                        Digest.of(Map.of("x", x.reshape(3, 2))),
                        Digest.of(Map.of("x", x.to(ScalarType.Double))),
                        Digest.of(Map.of("x", x.add(x))),
                        Digest.of(Map.of())))
                .doesNotContain(digest)
                .doesNotHaveDuplicates();
    }
}
