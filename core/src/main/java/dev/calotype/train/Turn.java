package dev.calotype.train;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What one share of a batch came to when the discriminator judged it. */
record Turn(double share, double loss, double realAccuracy, double fakeAccuracy, double diversity) {
    private static final int COARSE = 8;

    /** What logits of both sides, and the images themselves (N, C, H, W), tell. */
    static Turn of(double share, double loss, double boundary, Sides logits, Sides images) {
        return new Turn(
                share,
                loss,
                above(logits.real(), boundary),
                1 - above(logits.fake(), boundary),
                deviation(images.fake()) / deviation(images.real()));
    }

    /** The same thing of real and of drawn images. */
    record Sides(Tensor real, Tensor fake) {}

    /** The mean of a value over the whole batch. */
    static double mean(List<Turn> turns, ToDoubleFunction<Turn> value) {
        return turns.stream()
                .mapToDouble(turn -> turn.share() * value.applyAsDouble(turn))
                .sum();
    }

    private static double above(Tensor logits, double boundary) {
        return (double) logits.gt(new Scalar(boundary)).count_nonzero().item_long() / logits.numel();
    }

    /** The deviation of the coarse pixels of images (N, C, H, W) over the batch. */
    private static double deviation(Tensor images) {
        Tensor coarse = torch.adaptive_avg_pool2d(images, COARSE, COARSE); // (N, C, 8, 8)
        Tensor squares = coarse.sub(coarse.mean(0)).square().mean(0); // (C, 8, 8)
        return Math.sqrt(squares.mean().item_double());
    }
}
