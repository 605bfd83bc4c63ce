package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.kind.diffusion.pipeline.Emphasis.Part;
import dev.calotype.kind.diffusion.pipeline.Words.Row;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in texts, and texts that are longer than a row. */
class EmphasisTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final int CONTEXT = 16;

    @TempDir
    static Path folder;

    @BeforeAll
    static void pipeline() throws IOException {
        MadePipeline.write("xl", folder);
    }

    private static String told(String text) {
        StringBuilder told = new StringBuilder();
        for (Part part : Emphasis.parts(text))
            told.append(String.format(Locale.ROOT, "{%s|%.4g}", part.text(), part.weight()));
        return told.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            textBlock =
                    """
            a red bed            ; {a red bed|1.000}
            a (red) bed          ; {a |1.000}{red|1.100}{ bed|1.000}
            a (red:1.3) bed      ; {a |1.000}{red|1.300}{ bed|1.000}
            a [red] bed          ; {a |1.000}{red|0.9091}{ bed|1.000}
            a ((red)) bed        ; {a |1.000}{red|1.210}{ bed|1.000}
            a (big (red:1.5) one:0.5) bed ; {a |1.000}{big |0.5000}{red|0.7500}{ one|0.5000}{ bed|1.000}
            a (red:1) bed        ; {a red bed|1.000}
            a \\(red\\) \\[bed\\]  ; {a (red) [bed]|1.000}
            a (\\(red\\):1.2)    ; {a |1.000}{(red)|1.200}
            a (red bed           ; {a |1.000}{red bed|1.100}
            a red) bed]          ; {a red) bed]|1.000}
            a (red:soft) bed     ; {a |1.000}{red:soft|1.100}{ bed|1.000}
            at 10:30) a bed      ; {at 10:30) a bed|1.000}
            a (red: 1.3 ) bed    ; {a |1.000}{red|1.300}{ bed|1.000}
            a \\ bed             ; {a \\ bed|1.000}
            ()                   ; {|1.000}
            """)
    void bracketsWeigh(String text, String parts) {
        assertThat(told(text)).isEqualTo(parts);
    }

    @Test
    void aWeightBeyondMeasureIsRefused() {
        assertThatThrownBy(() -> Emphasis.parts("a (red:11) bed"))
                .hasMessage("the weight of a part of a text must be in -10..10: 11.0 of 'red'");
    }

    private static List<Row> rows(String text, int most) throws IOException {
        try (Words words = PipelineFolder.open(folder).words("tokenizer")) {
            return words.rows(Emphasis.parts(text), CONTEXT, most);
        }
    }

    @Test
    void escapedBracketsReachTheTokenizerAndWeightsLieOnTheirTokens() throws IOException {
        Row plain = rows("a red bed", 1).get(0);
        assertThat(plain.weights()).isNull();
        assertThat(rows("a \\(red\\) bed", 1).get(0).tokens().lengths()[0])
                .isEqualTo(plain.tokens().lengths()[0] + 2);
        Row weighed = rows("a (red:1.3) bed", 1).get(0);
        assertThat(weighed.tokens().ids()).isEqualTo(plain.tokens().ids());
        int from = rows("a", 1).get(0).tokens().lengths()[0] - 1;
        int to = rows("a red", 1).get(0).tokens().lengths()[0] - 1;
        for (int i = 0; i < CONTEXT; i++) assertThat(weighed.weights()[i]).isEqualTo(i >= from && i < to ? 1.3f : 1f);
    }

    private static Tensor tokens(String... texts) throws IOException {
        TextReader reader = new TextReader(PipelineFolder.open(folder), EXACT);
        List<Integer> skips = List.of(texts).stream().map(text -> 0).toList();
        return reader.read(List.of(new TextReader.Texts(List.of(texts), skips)))
                .get(0)
                .meanings()
                .get(0)
                .tokens();
    }

    @Test
    void weightOneIsNoBracketAndOthersMultiplyAndKeepTheMean() throws IOException {
        assertThat(Tensors.doubles(tokens("a (red:1) bed"))).isEqualTo(Tensors.doubles(tokens("a red bed")));
        Tensor before = FormulaWeights.unit("states", 1, 4, 6)
                .add(FormulaWeights.unit("more", 1, 4, 6).abs());
        Tensor after = TextReader.weighed(before, new float[] {1, 2, 1, 0.5f});
        assertThat(after.mean().item_double()).isCloseTo(before.mean().item_double(), within(1e-6));
        double[] ratios = Tensors.doubles(after.div(before).select(2, 3)); // of one value of each token
        assertThat(ratios[1] / ratios[0]).isCloseTo(2, within(1e-5));
        assertThat(ratios[2] / ratios[0]).isCloseTo(1, within(1e-5));
        assertThat(ratios[3] / ratios[0]).isCloseTo(0.5, within(1e-5));
    }

    @Test
    void aLongTextIsReadInRowsAndAShortOneBesideItIsFilledByEmptyOnes() throws IOException {
        String sentence = "a red bed ".repeat(6).strip(); // a few more tokens than a row has
        List<Row> rows = rows(sentence, 16);
        assertThat(rows).hasSize(2);
        int[] first = rows.get(0).tokens().ids(),
                second = rows.get(1).tokens().ids(),
                whole = rows("a", 1).get(0).tokens().ids();
        assertThat(first[0]).isEqualTo(second[0]).isEqualTo(whole[0]);
        assertThat(first[CONTEXT - 1])
                .isEqualTo(whole[rows("a", 1).get(0).tokens().lengths()[0] - 1]);
        assertThat(Tensors.shape(tokens(sentence))).containsExactly(1, 32, 20);
        Tensor beside = tokens("a bed", sentence);
        assertThat(Tensors.shape(beside)).containsExactly(1, 32, 20);
        assertThat(Tensors.doubles(beside.narrow(1, 0, 16))).isEqualTo(Tensors.doubles(tokens("a bed")));
        assertThat(Tensors.doubles(beside.narrow(1, 16, 16))).isEqualTo(Tensors.doubles(tokens("")));
        assertThat(rows(sentence.repeat(30), 3)).hasSize(3).last().satisfies(row -> assertThat(
                        row.tokens().cut())
                .isEqualTo(1));
    }
}
