package dev.calotype.latent;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.metric.Psnr;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A picture that went through an autoencoder, to latents and back.
 *
 * @param after of the size of the picture
 * @param psnr how near it is, in dB
 * @param mean of the latents
 * @param deviation of the latents
 */
public record Reconstruction(Picture after, double psnr, double mean, double deviation) {
    /** Takes a picture there and back; on the right and below it is continued by its border to sides that latents can have. */
    public static Reconstruction of(Autoencoder autoencoder, Picture picture) {
        int factor = autoencoder.factor(), width = picture.width(), height = picture.height();
        Picture[] after = new Picture[1];
        double[] told = new double[3];
        Scope.run(() -> {
            Tensor x = Images.toTensor(Images.withChannels(picture, autoencoder.pictureChannels())); // (1, C, H, W)
            int right = Math.floorMod(-width, factor), below = Math.floorMod(-height, factor);
            Tensor z = autoencoder.encode(torch.replication_pad2d(x, 0, right, 0, below)); // (1, L, H/f, W/f)
            Tensor back = autoencoder.decode(z).cpu().narrow(2, 0, height).narrow(3, 0, width); // (1, C, H, W)
            after[0] = Images.ofTensor(back.contiguous());
            told[0] = Psnr.between(x, Images.toTensor(after[0]))[0];
            double[] latents = Tensors.doubles(z);
            told[1] = Arrays.stream(latents).average().orElse(0);
            told[2] = Math.sqrt(Arrays.stream(latents)
                    .map(v -> (v - told[1]) * (v - told[1]))
                    .average()
                    .orElse(0));
        });
        return new Reconstruction(after[0], told[0], told[1], told[2]);
    }
}
