package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.nn.Convolutions;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What baseline JPEG loses: the 8 x 8 cosine transforms of luma and chroma are rounded to multiples of the tables of
 * ITU-T T.81, annex K, scaled by the quality as the Independent JPEG Group does; the result is rounded to 8 bits. RGB or
 * grey; sides that are no multiple of the block are continued by their last pixels. Halved chroma is the mean of four
 * pixels, repeated on the way back, so that compressing twice is compressing once, up to rounding. Draws nothing.
 *
 * @param quality 1..100
 * @param chroma at which resolution it is kept; nothing to grey pictures
 */
public record JpegNoise(int quality, Chroma chroma) implements Noise {
    private static final int BLOCK = 8;
    private static final int[] LUMA_TABLE = {
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
        51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121,
        120, 101, 72, 92, 95, 98, 112, 100, 103, 99
    };
    private static final int[] CHROMA_TABLE = {
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99,
                99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                99,
        99, 99, 99, 99, 99, 99
    };
    /** RGB to Y, Cb, Cr and back (JFIF 1.02), without the shift. */
    private static final double[][] TO_YCC = {
        {0.299, 0.587, 0.114}, {-0.299 / 1.772, -0.587 / 1.772, 0.5}, {0.5, -0.587 / 1.402, -0.114 / 1.402}
    };

    private static final double[][] TO_RGB = {
        {1, 0, 1.402}, {1, -0.114 * 1.772 / 0.587, -0.299 * 1.402 / 0.587}, {1, 1.772, 0}
    };

    /** At which resolution the colour differences are kept. */
    public enum Chroma {
        /** Half the height and width (4:2:0), as most programs write it. */
        HALVED,
        /** As the luma (4:4:4). */
        FULL
    }

    public JpegNoise {
        if (quality < 1 || quality > 100)
            throw new IllegalArgumentException("the quality of JPEG must be in 1..100: " + quality);
    }

    /** With halved chroma. */
    public JpegNoise(int quality) {
        this(quality, Chroma.HALVED);
    }

    @Override
    public Tensor add(Tensor image, Rng rng) {
        return Scope.tidy(() -> {
            Tensor pixels = levels(image).round(); // (N, C, H, W) in -128..127
            List<Tensor> planes = new ArrayList<>();
            for (Plane plane : planes(pixels)) planes.add(plane.decoded(plane.quantised()));
            Tensor back = merge(planes, pixels).round();
            return Tensors.scale(
                    1 / Images.LEVELS, Tensors.clamp(back, -128, 127).add(new Scalar(0.5)));
        });
    }

    /**
     * The images whose compression the observation is: every coefficient lies within half a step of the observed one.
     * Nearest is meant in Y, Cb and Cr, and holds up to what the rounding to 8 bits changed.
     */
    @Override
    public FeasibleSet feasible() {
        return (seen, observed) -> Scope.tidy(() -> {
            List<Plane> wanted = planes(levels(observed));
            List<Plane> given = planes(levels(seen));
            List<Tensor> planes = new ArrayList<>();
            for (int i = 0; i < given.size(); i++) {
                Plane plane = given.get(i);
                Tensor centre = wanted.get(i).quantised();
                Tensor half = Tensors.scale(0.5, plane.table);
                Tensor inside = plane.coefficients.maximum(centre.sub(half)).minimum(centre.add(half));
                planes.add(plane.moved(inside));
            }
            return Tensors.scale(1 / Images.LEVELS, merge(planes, seen).add(new Scalar(0.5)));
        });
    }

    /** [-1, 1] to -128..127, clipped. */
    private static Tensor levels(Tensor image) {
        return Tensors.clip(image).mul(new Scalar(Images.LEVELS)).add(new Scalar(-0.5));
    }

    /**
     * One of Y, Cb, Cr.
     *
     * @param full at full resolution, (N, 1, H, W), padded
     * @param coefficients (N, H'/8, W'/8, 8, 8)
     * @param table the steps, (8, 8)
     * @param shrink 2 where the coefficients are those of half the resolution, else 1
     */
    private record Plane(Tensor full, Tensor coefficients, Tensor table, int shrink) {
        static Plane of(Tensor full, Tensor table, int shrink) {
            Tensor kept = shrink == 1 ? full : torch.avg_pool2d(full, shrink); // (N, 1, H', W')
            long[] blocks = {kept.size(0), kept.size(2) / BLOCK, BLOCK, kept.size(3) / BLOCK, BLOCK};
            Tensor split = kept.reshape(blocks).permute(0, 1, 3, 2, 4); // (N, H'/8, W'/8, 8, 8)
            Tensor d = cosines(full);
            return new Plane(full, d.matmul(split).matmul(d.t()), table, shrink);
        }

        Tensor quantised() {
            return coefficients.div(table).round().mul(table);
        }

        /** The plane of these coefficients, (N, 1, H, W). */
        Tensor decoded(Tensor coefficients) {
            Tensor d = cosines(full);
            long[] shape = {full.size(0), 1, full.size(2) / shrink, full.size(3) / shrink};
            Tensor plane =
                    d.t().matmul(coefficients).matmul(d).permute(0, 1, 3, 2, 4).reshape(shape); // (N, 1, H', W')
            return shrink == 1 ? plane : Convolutions.upsample(plane); // (N, 1, H, W)
        }

        /** The nearest plane of these coefficients. */
        Tensor moved(Tensor coefficients) {
            return full.add(decoded(coefficients.sub(this.coefficients)));
        }
    }

    /** The cosine transform of 8 values, (8, 8), orthonormal. */
    private static Tensor cosines(Tensor like) {
        float[] values = new float[BLOCK * BLOCK];
        for (int u = 0; u < BLOCK; u++)
            for (int x = 0; x < BLOCK; x++)
                values[u * BLOCK + x] = (float)
                        (Math.sqrt((u == 0 ? 1.0 : 2.0) / BLOCK) * Math.cos((2 * x + 1) * u * Math.PI / (2 * BLOCK)));
        return Tensors.as(Tensors.of(values, BLOCK, BLOCK), like);
    }

    private Tensor table(int[] annex, Tensor like) {
        int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        float[] steps = new float[annex.length];
        for (int i = 0; i < steps.length; i++) steps[i] = Math.max(1, Math.min(255, (annex[i] * scale + 50) / 100));
        return Tensors.as(Tensors.of(steps, BLOCK, BLOCK), like);
    }

    /** Levels (N, C, H, W) as planes, padded to whole blocks. */
    private List<Plane> planes(Tensor levels) {
        int colours = Math.toIntExact(levels.size(1));
        if (colours != 1 && colours != 3)
            throw new IllegalArgumentException("JPEG wants grey (1) or RGB (3) pictures, not channels: " + colours);
        int shrink = chroma == Chroma.HALVED ? 2 : 1;
        Tensor padded = padded(levels, colours == 1 ? BLOCK : shrink * BLOCK);
        Tensor luma = table(LUMA_TABLE, levels);
        if (colours == 1) return List.of(Plane.of(padded, luma, 1));
        Tensor[] ycc = Tensors.chunk(mix(TO_YCC, padded), 3, 1);
        Tensor other = table(CHROMA_TABLE, levels);
        return List.of(Plane.of(ycc[0], luma, 1), Plane.of(ycc[1], other, shrink), Plane.of(ycc[2], other, shrink));
    }

    private static Tensor padded(Tensor x, int multiple) {
        long below = Math.floorMod(-x.size(2), (long) multiple);
        long right = Math.floorMod(-x.size(3), (long) multiple);
        return torch.replication_pad2d(x, 0, right, 0, below);
    }

    /** Planes as levels in the size of {@code like}. */
    private static Tensor merge(List<Tensor> planes, Tensor like) {
        Tensor all = planes.size() == 1 ? planes.get(0) : mix(TO_RGB, Tensors.cat(1, planes.toArray(Tensor[]::new)));
        return all.narrow(2, 0, like.size(2)).narrow(3, 0, like.size(3));
    }

    /** A matrix of colours, applied to every pixel. */
    private static Tensor mix(double[][] matrix, Tensor x) {
        float[] weights = new float[9];
        for (int i = 0; i < 9; i++) weights[i] = (float) matrix[i / 3][i % 3];
        return torch.conv2d(x, Tensors.as(Tensors.of(weights, 3, 3, 1, 1), x));
    }

    /** Measured on photographs; see the theory. */
    @Override
    public double sigma() {
        double scale = quality < 50 ? 5000.0 / quality : Math.max(1, 200 - 2 * quality);
        return Math.pow(scale, 0.41) / Images.LEVELS;
    }

    @Override
    public String toString() {
        return "jpeg:" + quality + (chroma == Chroma.FULL ? ":full" : "");
    }
}
