package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.io.FileId;
import dev.calotype.model.Classifier;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureNetworksTest {
    private static final String WEIGHTS = "data/weights-and-vocab/";

    @Test
    void theFileOfAnotherJudgeIsRefused(@TempDir Path folder) {
        Path former = folder.resolve("former.safetensors");
        Path other = folder.resolve("other.safetensors");
        Scope.run(() -> {
            Map<String, Tensor> any = Map.of("x", Tensors.of(1.0));
            try {
                SafeTensors.write(former, any, Map.of("width", "32", "features", "64"));
                SafeTensors.write(other, any, Map.of("width", "32", "features", "64", "flaws", "3"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> RoomsJudge.read(former, Device.CPU))
                .isInstanceOf(IOException.class)
                .hasMessage(former + " is not the file of a judge of today, it does not say its flaws: train it again");
        assertThatThrownBy(() -> RoomsJudge.read(other, Device.CPU))
                .hasMessage(other + " is of a judge that sees other flaws than this one: train it again");
    }

    @Test
    void whatComesWithTheLibraryIsToldFromItsOtherVersions() throws Exception {
        byte[] weights =
                RoomsJudge.class.getResourceAsStream("rooms-judge.safetensors").readAllBytes();
        assertThat(FeatureNetworks.identity("rooms")).isEqualTo("rooms " + FileId.hash(weights));
        assertThat(FeatureNetworks.identity("scattering")).isEqualTo("scattering");
        assertThat(weights.length).isLessThan(1_500_000);
    }

    @Test
    void anUnknownNetworkIsNamed() {
        assertThatThrownBy(() -> FeatureNetworks.open("incepton:x", Device.CPU))
                .hasMessageStartingWith("the feature network must be scattering, rooms, rooms:FILE, inception")
                .hasMessageContaining("did you mean 'inception'?");
        assertThatThrownBy(() -> FeatureNetworks.open("torchscript:x,range=big", Device.CPU))
                .hasMessageContaining("range=bytes|unit|signed");
        assertThatThrownBy(() -> FeatureNetworks.perceptual("alexa", null, null, Device.CPU))
                .hasMessage("the network of lpips must be alex, vgg, squeeze: alexa");
    }

    @Test
    @Tag("slow")
    void lenetMakesTheErrorsItsAuthorsCounted() throws Exception {
        String weights = WEIGHTS + "mnist-small-models/mnist_classifier/weights/lenet_epoch=12_test_acc=0.991.pth";
        assertThat(errors(
                        "lenet:" + Shared.path(weights),
                        Shared.path("data/mnist") + ":test",
                        new Preparation(28, 1, Preparation.Flip.NONE)))
                .isEqualTo(93);
    }

    /** Wrong answers over the 10,000 pictures of a test set. */
    private static int errors(String network, String data, Preparation preparation) throws Exception {
        int wrong = 0;
        try (Classifier classifier = (Classifier) FeatureNetworks.open(network, Device.CPU);
                ImageDataset images = DataSets.open(data, preparation.size(), preparation.channels());
                Batches batches = new Batches(images, preparation, Batches.Plan.of(500, 0))) {
            for (int i = 0; i < images.size() / 500; i++) {
                Batch batch = batches.next();
                double[] answers = Scope.read(() -> Tensors.doubles(classifier
                        .logits(Tensors.of(batch.pixels(), 500, batch.channels(), batch.size(), batch.size()))
                        .argmax(new LongOptional(1), false)));
                for (int j = 0; j < answers.length; j++) if (answers[j] != batch.labels()[j]) wrong++;
            }
        }
        return wrong;
    }
}
