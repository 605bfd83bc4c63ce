package dev.calotype.model.hint;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the blocks of a network get of its {@link Hints}: something that is added to the embedding of time, tokens to attend to
 * (Ramesh et al. 2022), and a picture beside the noisy one (Ho et al. 2021).
 *
 * <p>What was done to an image goes through a matrix alone, so that saying nothing of it means that nothing was done.
 *
 * <p>Where nothing is said of an image a learned vector stands in place of the embedding: zeros would be learned as well, since
 * the layer behind has a bias, but that bias is in every other vector too.
 */
public final class HintEncoder extends Module {
    private static final double EPSILON = 1e-5;
    private static final double THOUSANDTHS = 1000;

    private final Hints hints;
    private final int width;
    private final Tensor nothing; // (E)
    private final LinearImpl image, tokens, changes;
    private final LayerNormImpl norm;
    private final LinearImpl noise;
    private final Tensor silence; // (width): what stands where there is no word
    private final LinearImpl words;
    private final LayerNormImpl wordNorm;

    /** @param width of the embedding of time, and of a token */
    public HintEncoder(Hints hints, int width) {
        super("HintEncoder");
        this.hints = hints;
        this.width = width;
        boolean told = hints.embedding() > 0, attended = hints.tokens() > 0;
        nothing = told ? Device.CPU.zeros(hints.embedding()).requires_grad_(true) : null;
        if (told) register_parameter("nothing", nothing);
        image = told ? register_module("image", Blank.filled(hints.embedding(), width)) : null;
        tokens = attended
                ? register_module("tokens", Blank.filled(hints.embedding(), (long) hints.tokens() * width))
                : null;
        norm = attended ? register_module("norm", LayerNorm.of(width, EPSILON)) : null;
        changes = hints.changes() > 0 ? register_module("changes", Blank.unbiased(hints.changes(), width)) : null;
        boolean read = hints.words() > 0;
        silence = read ? Device.CPU.zeros(width).requires_grad_(true) : null;
        if (read) register_parameter("silence", silence);
        words = read ? register_module("words", Blank.filled(hints.wordWidth(), width)) : null;
        wordNorm = read ? register_module("word_norm", LayerNorm.of(width, EPSILON)) : null;
        noise = hints.picture() > 0 ? register_module("noise", Blank.filled(width, width)) : null;
    }

    /** The number of weights. */
    public static long weights(Hints hints, long width) {
        long e = hints.embedding();
        long sum = e == 0 ? 0 : e + (e + 1) * width;
        if (hints.tokens() > 0) sum += (e + 1) * hints.tokens() * width + 2 * width;
        if (hints.words() > 0) sum += width + (hints.wordWidth() + 1) * width + 2 * width;
        if (hints.picture() > 0) sum += (width + 1) * width;
        return sum + hints.changes() * width;
    }

    /**
     * What blocks are told of images: {@code time} (N, width) and what is added to it; with tokens also those, (N, K, width).
     *
     * @param condition with the columns of the hints; without an embedding nothing is said
     */
    public Tensor[] tell(Tensor time, Columns condition) {
        if (hints.equals(Hints.NONE)) return new Tensor[] {time};
        Tensor vector = image == null ? null : embedding(condition, time); // (N, E)
        Tensor e = image == null ? time : time.add(image.forward(vector)); // (N, width)
        if (noise != null) e = e.add(level(condition, time)); // (N, width)
        if (changes != null && condition.has(Columns.CHANGES))
            e = e.add(changes.forward(rows(condition, Columns.CHANGES, time).to(Tensors.dtype(time)))); // (N, width)
        if (hints.attended() == 0) return new Tensor[] {e};
        Tensor own = tokens == null
                ? null
                : norm.forward(tokens.forward(vector).reshape(time.size(0), hints.tokens(), width)); // (N, K, width)
        if (words == null) return new Tensor[] {e, own};
        Tensor read = read(condition, time); // (N, K, width)
        return new Tensor[] {e, own == null ? read : Tensors.cat(1, own, read)};
    }

    /** What is read at each place of a caption; where there is no word, and where nothing is told, what was learned for it. */
    private Tensor read(Columns condition, Tensor like) {
        long n = like.size(0), count = hints.words();
        Tensor none = silence.reshape(1, 1, width).expand(n, count, width); // (N, K, width)
        if (!condition.has(Columns.WORDS)) return none;
        Tensor given = rows(condition, Columns.WORDS, like); // (N, K, W)
        if (given.dim() != 3 || given.size(1) != count || given.size(2) != hints.wordWidth())
            throw new IllegalArgumentException("words must be " + count + " tokens of " + hints.wordWidth()
                    + " values: " + Arrays.toString(Tensors.shape(given)));
        Tensor said = given.abs().sum(2).unsqueeze(2).ne(new Scalar(0.0)); // (N, K, 1)
        Tensor heard = wordNorm.forward(words.forward(given.to(Tensors.dtype(like)))); // (N, K, width)
        return torch.where(said, heard, none);
    }

    private Tensor level(Columns condition, Tensor like) {
        Tensor noises = rows(condition, Columns.NOISE, like); // (N)
        return noise.forward(
                Embeddings.sinusoidal(Tensors.scale(THOUSANDTHS, noises), width).to(Tensors.dtype(like))); // (N, width)
    }

    private Tensor embedding(Columns condition, Tensor like) {
        Tensor own = nothing.unsqueeze(0).expand(like.size(0), hints.embedding()); // (N, E)
        if (!condition.has(Columns.EMBEDDING)) return own;
        Tensor given = rows(condition, Columns.EMBEDDING, like); // (N, E)
        if (given.size(1) != hints.embedding())
            throw new IllegalArgumentException(
                    "an embedding must have " + hints.embedding() + " values: " + given.size(1));
        // Vectors of length 1 have small values: all layers are used to values about 1.
        Tensor scaled = Tensors.scale(Math.sqrt(hints.embedding()), given).to(Tensors.dtype(like)); // (N, E)
        Tensor silent = given.abs().sum(1).unsqueeze(1).eq(new Scalar(0.0)).to(Tensors.dtype(like)); // (N, 1)
        return scaled.add(own.mul(silent)); // (N, E)
    }

    private static Tensor rows(Columns condition, String name, Tensor like) {
        if (!condition.has(name))
            throw new IllegalArgumentException("the network wants the " + name + " of each image");
        Tensor values = condition.get(name, Column.Floats.class).tensor(Device.of(like)); // (N, ...)
        if (values.size(0) != like.size(0))
            throw new IllegalArgumentException(
                    "the network wants one " + name + " per image: " + values.size(0) + " for " + like.size(0));
        return values;
    }

    /** The noisy images with the pictures that they are to be like beside them, fp32 (N, C + picture, H, W). */
    public Tensor beside(Tensor x, Columns condition) {
        if (hints.picture() == 0) return x;
        return Scope.tidy(() -> {
            Tensor small = rows(condition, Columns.SMALLER, x).to(ScalarType.Float); // (N, c, h, w)
            return Tensors.cat(1, x, Kernels.upsampleBilinear(small, x.size(2), x.size(3))); // (N, C + c, H, W)
        });
    }
}
