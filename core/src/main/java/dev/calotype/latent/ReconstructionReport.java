package dev.calotype.latent;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Preparation;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.metric.Fid;
import dev.calotype.metric.Psnr;
import dev.calotype.metric.Ssim;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.tensor.Scope;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * How near pictures of a data set are that went through an autoencoder: what latent diffusion can show at best.
 *
 * @param data what went through
 * @param size pixels per side
 * @param psnr mean over pictures, in dB
 * @param ssim mean over pictures, of the Gaussian window
 * @param fid of those that came back to those that went out (rFID)
 * @param network that the FID is of
 * @param networkHash of its weights
 * @param autoencoder hash of its weights
 */
public record ReconstructionReport(
        String data,
        int size,
        long images,
        double psnr,
        double ssim,
        double fid,
        String network,
        String networkHash,
        String autoencoder) {
    private static final int BATCH = 16;

    /**
     * Takes pictures there and back, each quantised to 8 bits.
     *
     * @param count of them, drawn at random; all of a smaller data set
     * @throws IllegalArgumentException if they are too few for a FID
     */
    public static ReconstructionReport of(
            AutoencoderFile file,
            ImageDataset data,
            Preparation preparation,
            long count,
            FeatureNetwork network,
            Progress progress) {
        long wanted = Math.min(count, data.size());
        EvaluationProtocol.standard().requireEnough(wanted, wanted);
        FeatureStatistics before = new FeatureStatistics(network.dimensions()),
                after = new FeatureStatistics(network.dimensions());
        double[] sums = new double[2];
        Autoencoder autoencoder = file.autoencoder();
        long read;
        try (OnePass pass = new OnePass(data, preparation, BATCH, 0, wanted)) {
            while (pass.hasNext()) {
                Scope.run(() -> {
                    Tensor x = pass.next().images(); // (n, C, H, W)
                    Tensor sent = Images.toPixels(x); // uint8 (n, C, H, W)
                    Tensor z = autoencoder.encode(file.placement().device().move(x)); // (n, L, h, w)
                    Tensor back = Images.toPixels(autoencoder.decode(z).cpu()); // uint8 (n, C, H, W)
                    sums[0] += Arrays.stream(Psnr.between(sent, back)).sum();
                    sums[1] += Arrays.stream(Ssim.GAUSSIAN.between(sent, back)).sum();
                    before.add(network.features(sent));
                    after.add(network.features(back));
                });
                progress.at("reconstructing", pass.read(), wanted);
            }
            read = pass.read();
        }
        EvaluationProtocol.standard().requireEnough(read, read);
        return new ReconstructionReport(
                data.name(),
                preparation.size(),
                read,
                sums[0] / read,
                sums[1] / read,
                Fid.between(after, before).value(),
                network.name(),
                network.hash(),
                file.hash());
    }
}
