package dev.calotype.embedding;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Classification without having learned the classes (Radford et al. 2021): a picture is of that class whose sentences it is most
 * like. Several sentences of a class are averaged.
 *
 * @param encoder borrowed
 * @param classes one vector of length 1 for each class, as values
 */
public record ZeroShot(Encoder encoder, List<float[]> classes) {
    /** What is put around the names of classes where nothing else is said. */
    public static final List<String> TEMPLATES =
            List.of("a photo of a %s.", "a picture of a %s.", "a drawing of a %s.", "%s");

    public ZeroShot {
        classes = List.copyOf(classes);
        if (classes.size() < 2) throw new IllegalArgumentException("classes must be at least 2: " + classes.size());
    }

    /** Classes by their sentences. */
    public static ZeroShot of(Encoder encoder, List<List<String>> sentences) {
        List<float[]> classes = new ArrayList<>();
        for (List<String> own : sentences) classes.add(mean(encoder, own));
        return new ZeroShot(encoder, classes);
    }

    /** Classes by their names, put into {@link #TEMPLATES}. */
    public static ZeroShot named(Encoder encoder, List<String> names) {
        List<List<String>> sentences = new ArrayList<>();
        for (String name : names) {
            String plain = name.replace('_', ' ').replace('-', ' ');
            sentences.add(TEMPLATES.stream()
                    .map(template -> template.replace("%s", plain))
                    .toList());
        }
        return of(encoder, sentences);
    }

    private static float[] mean(Encoder encoder, List<String> sentences) {
        return Scope.read(() -> {
            Tensor mean = encoder.texts(sentences).mean(0); // (E)
            return Tensors.floats(mean.div(mean.norm()));
        });
    }

    /**
     * How probable each class is of each picture.
     *
     * @param pictures fp32 (N, E), of length 1
     * @return fp32 (N, classes) in the caller's scope; rows sum to 1
     */
    public Tensor probabilities(Tensor pictures) {
        double scale = encoder.scale();
        return Scope.inference(() -> torch.softmax(Tensors.scale(scale, pictures.matmul(matrix().t())), 1));
    }

    /** The index of the likeliest class of each picture. */
    public int[] best(Tensor pictures) {
        return Scope.read(() -> {
            Tensor best = pictures.matmul(matrix().t()).argmax(new LongOptional(1), false); // (N)
            return Arrays.stream(Tensors.doubles(best)).mapToInt(i -> (int) i).toArray();
        });
    }

    private Tensor matrix() {
        float[] all = new float[classes.size() * encoder.length()];
        for (int i = 0; i < classes.size(); i++)
            System.arraycopy(classes.get(i), 0, all, i * encoder.length(), encoder.length());
        return Tensors.of(all, classes.size(), encoder.length());
    }
}
