package dev.calotype.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Sample;
import dev.calotype.embedding.Embeddings;
import dev.calotype.embedding.EncodedData;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.EncoderOfTwo;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pictures of one pixel, which an encoder sees as angles; a text is the number that its picture should have. */
class TextRulerTest {
    private static final Encoder ANGLES = new EncoderOfTwo() {
        @Override
        public Tensor pictures(List<Picture> pictures) {
            return angles(pictures.stream().mapToInt(picture -> picture.pixels()[0]));
        }

        @Override
        public Tensor texts(List<String> texts) {
            return angles(texts.stream().mapToInt(Integer::parseInt));
        }

        @Override
        public Tokens tokens(List<String> texts) {
            return new Tokens(
                    new int[texts.size()], texts.stream().mapToInt(text -> 1).toArray(), 1, 0);
        }

        @Override
        public String hash() {
            return "angles";
        }
    };

    private static final EncodedData KNOWN = encoded(0, 10, 20, 30, 40);
    private static final Embeddings SUBJECT = encoded(80, 84, 90).pictures();
    private static final List<String> ASKED = List.of("80", "84", "90", "80", "84", "90");

    private static Tensor angles(IntStream degrees) {
        double[] all = degrees.mapToDouble(Math::toRadians)
                .flatMap(angle -> Arrays.stream(new double[] {Math.cos(angle), Math.sin(angle)}))
                .toArray();
        float[] values = new float[all.length];
        for (int i = 0; i < values.length; i++) values[i] = (float) all[i];
        return Tensors.of(values, values.length / 2, 2);
    }

    private static Picture picture(int degrees) {
        return new Picture(1, 1, 1, new byte[] {(byte) degrees});
    }

    private static EncodedData encoded(int... degrees) {
        List<Sample> samples = Arrays.stream(degrees)
                .mapToObj(each -> new Sample("" + each, picture(each), -1, "" + each, java.util.Map.of()))
                .toList();
        List<String> names = samples.stream().map(Sample::name).toList();
        float[] rows = Scope.read(() -> Tensors.floats(angles(Arrays.stream(degrees))));
        return new EncodedData(samples, new Embeddings(names, rows, 2, "angles"), 0, List.of());
    }

    /** What is measured of a model that draws so of a number. */
    private static Retained measured(ToIntFunction<Integer> drawing, int... learned) throws IOException {
        Speaker speaker = new Speaker() {
            @Override
            public List<Picture> pictures(List<String> texts, int first, int count, long seed) {
                return texts.subList(first, first + count).stream()
                        .map(text -> picture(drawing.applyAsInt(Integer.parseInt(text))))
                        .toList();
            }

            @Override
            public int pixels() {
                return 1;
            }

            @Override
            public void close() {}
        };
        TextRuler ruler = new TextRuler(ANGLES, KNOWN, SUBJECT, ASKED, 0);
        Optional<Embeddings> own = learned.length == 0
                ? Optional.empty()
                : Optional.of(encoded(learned).pictures());
        return ruler.of(speaker, "a", new Past("lora", 1, 2), own, Progress.SILENT);
    }

    @Test
    void whatDrawsAsItIsToldHasAllAndWhatDrawsItsSubjectAloneHasForgottenTheRest() throws IOException {
        Retained told = measured(degrees -> degrees, 80, 90), deaf = measured(degrees -> 84, 84, 90);
        assertThat(told.clipScore()).isCloseTo(100, within(1e-3));
        assertThat(told.identity()).isCloseTo(1, within(1e-6));
        assertThat(told.diversity()).isBetween(0.5, 1.0); // two of six pairs of different pictures are equal
        assertThat(told.copies()).isEqualTo(4.0 / 6);
        assertThat(deaf.clipScore())
                .isCloseTo(
                        20
                                * IntStream.of(0, 10, 20, 30, 40)
                                        .mapToDouble(each -> Math.cos(Math.toRadians(84 - each)))
                                        .sum(),
                        within(1e-3));
        assertThat(deaf.identity()).isCloseTo(1, within(1e-6));
        assertThat(deaf.diversity()).isCloseTo(0, within(1e-3));
        assertThat(deaf.copies()).isEqualTo(1);
    }

    @Test
    void whatHasNotLearnedTheSubjectDrawsWhatItKnewAndNothingIsCopiedWhereNothingWasLearned() throws IOException {
        Retained base = measured(degrees -> degrees % 45);
        assertThat(base.clipScore()).isCloseTo(100, within(1e-3));
        assertThat(base.identity()).isBetween(-1.0, 0.9);
        assertThat(base.copies()).isNaN();
        assertThat(base.fid()).isNaN();
    }
}
