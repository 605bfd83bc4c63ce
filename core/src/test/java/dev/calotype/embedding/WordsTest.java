package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static TextEncoderFile file;

    @BeforeAll
    static void open() throws IOException {
        Placement exact = new Placement(Device.CPU, Precision.FP32);
        file = TextEncoderFile.open(TextEncoderFileTest.resource("tiny").toString(), exact);
    }

    @AfterAll
    static void close() {
        file.close();
    }

    @Test
    void behindTheLastTokenAreZerosAndALongCaptionIsCut() {
        Words words = new Words(file.encoder(), 6);
        List<String> texts = List.of("a red bed", "", "the bed and the window are red");
        Column.Floats told = words.of(texts);
        assertThat(told.shape()).isEqualTo(List.of(6, 32));
        float[] own = Scope.read(() -> Tensors.floats(file.encoder().words(texts.get(0)))); // 5 tokens
        assertThat(Arrays.copyOf(told.rows(0, 1).values(), 5 * 32)).isEqualTo(own);
        assertThat(Arrays.copyOfRange(told.rows(0, 1).values(), 5 * 32, 6 * 32)).containsOnly(0);
        assertThat(told.rows(1, 2).values()).containsOnly(0);
        float[] longer = Scope.read(() -> Tensors.floats(file.encoder().words(texts.get(2))));
        assertThat(told.rows(2, 3).values()).isEqualTo(Arrays.copyOf(longer, 6 * 32));
        assertThat(words.cut(List.of(texts.get(0), texts.get(2)))).isEqualTo(1);
    }

    @Test
    void aCaptionHasTheSameWordsAtEveryTimeAndInEveryCompany() {
        Words words = new Words(file.encoder(), 8);
        float[] first = words.of(List.of("a red bed")).values();
        Column.Floats both = words.of(List.of("no", "a red bed"));
        assertThat(both.rows(1, 2).values()).isEqualTo(first);
        assertThat(both.rows(0, 1).values()).isNotEqualTo(first);
        assertThat(new Words(file.encoder(), 8).of(List.of("a red bed")).values())
                .isEqualTo(first);
    }

    @Test
    void samplesOfLatentsHaveTheirCaptionsAndNothingReadThem() throws IOException {
        Rooms rooms = Rooms.train(32);
        Latents latents = new Latents(new long[] {5, 3}, new float[8], List.of(1, 2, 2), 16, "a");
        try (ReadCaptions data = new ReadCaptions(new LatentDataset(rooms, latents), file.encoder(), () -> {})) {
            Columns columns = data.read(1).columns();
            assertThat(columns.texts(Columns.CAPTION)).containsExactly(rooms.caption(3));
            assertThat(columns.has(Columns.WORDS)).isFalse();
        }
    }
}
