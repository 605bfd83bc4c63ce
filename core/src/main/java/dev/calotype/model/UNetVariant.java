package dev.calotype.model;

import dev.calotype.model.UNet.Resampling;
import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * In what a {@link UNet} differs from that of Improved DDPM, as those of diffusers may.
 *
 * @param groups of every group normalisation, a divisor of all widths
 * @param epsilon of every normalisation
 * @param activation in residual blocks
 * @param border where strided convolutions continue the picture
 * @param input what the first convolution gets
 * @param levels each level by itself, finest first, where multipliers and attention cannot say it; usually empty
 */
public record UNetVariant(
        int groups,
        double epsilon,
        Activation activation,
        Border border,
        Input input,
        Time time,
        Middle middle,
        List<Level> levels) {
    /** No difference. */
    public static final UNetVariant IMPROVED_DDPM = new UNetVariant(
            BlockStyle.IMPROVED_DDPM.groups(),
            BlockStyle.IMPROVED_DDPM.epsilon(),
            Activation.SILU,
            Border.AROUND,
            Input.AS_IT_IS,
            Time.IMPROVED_DDPM,
            Middle.IMPROVED_DDPM,
            List.of());

    /** What the first convolution gets. */
    public enum Input {
        AS_IT_IS,
        /** 2x - 1, of images in [0, 1]. */
        CENTRED
    }

    /**
     * How the network is told of time and class.
     *
     * @param signal what goes into the first linear layer
     * @param order of sinusoids
     * @param shift of the frequencies of sinusoids, 0 or 1: {@link dev.calotype.nn.Embeddings#sinusoidal}
     * @param width of the embedding; 0 for four times the channels
     * @param steps rows of a learned table; 0 for other signals
     * @param labels how classes are told
     */
    public record Time(Signal signal, Order order, double shift, int width, int steps, Labels labels) {
        public static final Time IMPROVED_DDPM = new Time(Signal.SINUSOIDS, Order.COSINE_FIRST, 0, 0, 0, Labels.TABLE);

        public Time {
            if (width < 0 || width > 65_536)
                throw new IllegalArgumentException("time.width must be in 0..65536: " + width);
            if (!(shift >= 0 && shift <= 1)) throw new IllegalArgumentException("time.shift must be in 0..1: " + shift);
            if ((signal == Signal.LEARNED) != (steps > 0) || steps > 1_000_000)
                throw new IllegalArgumentException(
                        "time.steps must be in 1..1000000 with the signal learned and 0 with others: " + steps);
        }
    }

    /** What the network is told of the time. */
    public enum Signal {
        SINUSOIDS,
        /** Of log time, at random frequencies; what comes out is divided by the time (Song et al. 2021). */
        FOURIER,
        /** A row of a table for each step. */
        LEARNED
    }

    /** What the network is told of the class. */
    public enum Labels {
        /** A row of a table, whose last row stands for no class. */
        TABLE,
        /** A row of a table, each of which is a class. */
        TABLE_OF_CLASSES,
        /** Its number, embedded as a time is, by layers of its own. */
        LIKE_TIME
    }

    /**
     * The coarsest part, between the way down and the way up.
     *
     * @param groups of the normalisation of its attention; 0 for no normalisation
     * @param scale what sums with residuals are divided by
     */
    public record Middle(Kind kind, int groups, double scale) {
        public static final Middle IMPROVED_DDPM =
                new Middle(Kind.ATTENTION, BlockStyle.IMPROVED_DDPM.groups(), BlockStyle.IMPROVED_DDPM.scale());

        /** What it is made of. */
        public enum Kind {
            /** Two residual blocks with an attention between. */
            ATTENTION,
            /** Two residual blocks. */
            PLAIN,
            NONE
        }

        public Middle {
            if (groups < 0) throw new IllegalArgumentException("middle.groups must be at least 0: " + groups);
            if (!(scale > 0 && scale < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("middle.scale must be a positive number: " + scale);
        }
    }

    /** What the blocks of a level are. */
    public enum Blocks {
        PLAIN,
        /** Each followed by an attention. */
        ATTENTION
    }

    /**
     * One level.
     *
     * @param width channels
     * @param down its blocks on the way down
     * @param downBy how it leads to the next coarser level; of the coarsest without meaning
     * @param up its blocks on the way up
     * @param upBy how it leads to the next finer level; of the finest without meaning
     */
    public record Level(int width, Blocks down, Resampling downBy, Blocks up, Resampling upBy) {
        boolean attends() {
            return down == Blocks.ATTENTION || up == Blocks.ATTENTION;
        }
    }

    public UNetVariant {
        levels = List.copyOf(levels);
        new BlockStyle(groups, epsilon, activation, 1);
    }

    BlockStyle style() {
        return new BlockStyle(groups, epsilon, activation, 1);
    }

    /** Of the residual blocks in the middle. */
    BlockStyle middleStyle() {
        return new BlockStyle(groups, epsilon, activation, middle.scale());
    }

    /** Images as the first convolution wants them. */
    Tensor input(Tensor x) {
        return input == Input.CENTRED ? Tensors.scale(2, x).sub(new Scalar(1.0)) : x; // (N, C, H, W)
    }

    /** What the last convolution gives as the network's answer at some times (N). */
    Tensor output(Tensor h, Tensor times) {
        return time.signal() == Signal.FOURIER
                ? h.div(times.to(ScalarType.Float).reshape(-1, 1, 1, 1))
                : h; // (N, out, H, W)
    }
}
