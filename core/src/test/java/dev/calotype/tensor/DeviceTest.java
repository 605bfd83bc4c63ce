package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Meta;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    private static final Device CUDA = new Device(DeviceType.CUDA, 0);

    @Test
    void aDeviceIsReadAndWrittenInOneForm() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
        assertThat(Device.parse("cuda")).isEqualTo(CUDA).hasToString("cuda");
        assertThat(Device.parse("cuda:0")).isEqualTo(CUDA);
        assertThat(Device.parse("cuda:1"))
                .isEqualTo(new Device(DeviceType.CUDA, 1))
                .hasToString("cuda:1");
        assertThat(Device.parse("cuda:127").index()).isEqualTo(127);
        assertThat(new Placement(Device.parse("cuda:1"), Precision.BF16)).hasToString("cuda:1 in bf16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "gpu", "CPU", "cpu:0", "cuda:", "cuda:-1", "cuda:128", "cuda:1000", "cuda0", "meta", "mps"})
    void whatIsNoDeviceIsNamed(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device must be cpu, cuda or cuda:N: " + text);
    }

    @Test
    void aRefusalSaysWhatToDo() {
        assertThat(Device.CPU.refusal(false, 0)).isNull();
        assertThat(CUDA.refusal(true, 1)).isNull();
        assertThat(CUDA.refusal(false, 0)).startsWith("device cuda needs the engine's CUDA build: build with -Pgpu");
        assertThat(CUDA.refusal(true, 0)).contains("check the driver with nvidia-smi");
        assertThat(Device.parse("cuda:2").refusal(true, 2))
                .isEqualTo("device must be one of the 2 GPUs, cuda:0 and up: cuda:2");
    }

    @Test
    void theBestDeviceIsOneThatThereIs() {
        Device best = Device.best();
        assertThat(best.require()).isSameAs(best);
        assertThat(best.isCuda()).isEqualTo(Device.gpus() > 0);
        assertThat(Precision.best(CUDA)).isEqualTo(Precision.BF16);
        assertThat(Precision.best(Device.CPU)).isEqualTo(Precision.best());
    }

    @Test
    void tensorsGoWhereTheyAreMoved() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 3);
            assertThat(Device.of(x)).isEqualTo(Device.CPU);
            assertThat(Tensors.floats(Device.CPU.move(x))).containsExactly(Tensors.floats(x));
            Tensor elsewhere = Meta.DEVICE.move(x);
            assertThat(Device.of(elsewhere)).isEqualTo(Meta.DEVICE);
            assertThat(Device.of(Rng.of(1).normalLike(elsewhere))).isEqualTo(Meta.DEVICE);
            assertThat(Device.of(Tensors.perSample(new double[] {1, 2}, elsewhere)))
                    .isEqualTo(Meta.DEVICE);
            Tensor typed = Tensors.as(x, elsewhere.to(ScalarType.Double));
            assertThat(Tensors.dtype(typed)).isEqualTo(ScalarType.Double);
            assertThat(Device.of(typed)).isEqualTo(Meta.DEVICE);
        });
    }

    @Test
    void aModuleIsWhereItsWeightsAre() {
        Scope.run(() -> {
            LinearImpl module = new LinearImpl(2, 3);
            assertThat(Device.CPU.move(module)).isSameAs(module);
            assertThat(Device.of(module)).isEqualTo(Device.CPU);
            assertThat(Device.of(Meta.move(module))).isEqualTo(Meta.DEVICE);
        });
    }
}
