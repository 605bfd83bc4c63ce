package dev.calotype.train;

import dev.calotype.model.clip.Clip;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How well the vectors of N pictures and of their N texts find each other among all N x N pairs. */
final class ContrastiveLoss {
    private ContrastiveLoss() {}

    /**
     * Of a network with an offset the sigmoid loss of all pairs (Zhai et al. 2023), else the symmetric cross-entropy (Radford et al.
     * 2021): the right text of each picture and the right picture of each text.
     *
     * @param network whose scale and offset are used
     * @param pictures fp32 (N, E), of length 1
     * @param texts fp32 (N, E), of length 1
     * @return a scalar
     */
    static Tensor of(Clip network, Tensor pictures, Tensor texts) {
        return Scope.tidy(() -> {
            Tensor logits = network.logits(pictures, texts); // (N, N)
            return network.bias() == null ? symmetric(logits) : sigmoid(logits);
        });
    }

    private static Tensor symmetric(Tensor logits) {
        int[] own = IntStream.range(0, (int) logits.size(0)).toArray();
        Tensor truth = Device.of(logits).move(Tensors.of(own)); // (N)
        return torch.cross_entropy_loss(logits, truth)
                .add(torch.cross_entropy_loss(logits.t(), truth))
                .mul(new Scalar(0.5));
    }

    /** Of each picture the sum over the texts, as in the paper, which divides by N and not by N x N. */
    private static Tensor sigmoid(Tensor logits) {
        Tensor own = Device.of(logits).move(torch.eye(logits.size(0))); // (N, N)
        Tensor signs = own.mul(new Scalar(2.0)).sub(new Scalar(1.0));
        return torch.log_sigmoid(signs.mul(logits)).sum().mul(new Scalar(-1.0 / logits.size(0)));
    }
}
