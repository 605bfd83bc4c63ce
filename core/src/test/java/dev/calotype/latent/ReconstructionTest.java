package dev.calotype.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.kind.diffusion.pipeline.MadePipeline;
import dev.calotype.metric.Psnr;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconstructionTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    Path folder;

    @Test
    void aPictureOfAnySidesComesBackInThem() throws IOException {
        MadePipeline.write("sd1", folder);
        Picture picture = Images.ofTensor(FormulaWeights.unit("x", 1, 3, 13, 19));
        try (var opened = AutoencoderFile.open(folder, EXACT)) {
            Reconstruction back = Reconstruction.of(opened.autoencoder(), picture);
            assertThat(back.after().width()).isEqualTo(19);
            assertThat(back.after().height()).isEqualTo(13);
            double between = Psnr.between(Images.toTensor(picture), Images.toTensor(back.after()))[0];
            assertThat(back.psnr()).isCloseTo(between, within(1e-9));
        }
    }

    @Test
    void whereSidesSuitItIsEncodingAndDecoding() throws IOException {
        MadePipeline.write("sd1", folder);
        Picture picture = Images.ofTensor(FormulaWeights.unit("x", 1, 3, 8, 12));
        try (var opened = AutoencoderFile.open(folder.resolve("vae"), EXACT)) {
            Autoencoder network = opened.autoencoder();
            Tensor z = network.encode(Images.toTensor(picture));
            assertThat(Reconstruction.of(network, picture).after()).isEqualTo(Images.ofTensor(network.decode(z)));
        }
    }
}
