package dev.calotype.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    /** Every kind of column, five rows of each, all different. */
    private static Columns all() {
        byte[] bytes = new byte[5 * 6];
        float[] floats = new float[5 * 2];
        List<String> texts = new ArrayList<>();
        List<Map<String, String>> facts = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (200 + i);
        for (int i = 0; i < floats.length; i++) floats[i] = 0.5f * i;
        for (int i = 0; i < 5; i++) {
            texts.add("text " + i);
            facts.add(Map.of("place", "" + i));
        }
        return new Columns(Map.of(
                Columns.IMAGE, new Column.Bytes(bytes, List.of(1, 2, 3)),
                Columns.EMBEDDING, new Column.Floats(floats, List.of(2)),
                Columns.LABEL, new Column.Numbers(4, 3, 2, 1, 0),
                Columns.CAPTION, new Column.Texts(texts),
                Columns.ATTRIBUTES, new Column.Facts(facts)));
    }

    @Test
    void rowsJoinedAgainAreWhatTheyWereTakenFrom() {
        Columns all = all();
        assertThat(all.count()).isEqualTo(5);
        assertThat(Columns.join(List.of(all.rows(0, 1), all.rows(1, 4), all.rows(4, 5))))
                .isEqualTo(all)
                .hasSameHashCodeAs(all);
        assertThat(Columns.join(List.of(all.rows(1, 3), all.rows(0, 1)))).isNotEqualTo(all.rows(0, 3));
    }

    @Test
    void aRowIsThatOfItsSample() {
        Columns third = all().rows(2, 3);
        assertThat(third.get(Columns.IMAGE, Column.Bytes.class).values())
                .startsWith((byte) 212)
                .hasSize(6);
        assertThat(third.get(Columns.EMBEDDING, Column.Floats.class).values()).containsExactly(2, 2.5f);
        assertThat(third.numbers(Columns.LABEL)).containsExactly(2);
        assertThat(third.texts(Columns.CAPTION)).containsExactly("text 2");
        assertThat(third.get(Columns.ATTRIBUTES, Column.Facts.class).values()).containsExactly(Map.of("place", "2"));
    }

    @Test
    void columnsBecomeTensorsOfTheirShape() {
        Scope.run(() -> {
            var image = all().get(Columns.IMAGE, Column.Bytes.class).tensor(Device.CPU);
            assertThat(Tensors.shape(image)).containsExactly(5, 1, 2, 3);
            var embedding = all().get(Columns.EMBEDDING, Column.Floats.class).tensor(Device.CPU);
            assertThat(Tensors.shape(embedding)).containsExactly(5, 2);
            assertThat(Tensors.floats(embedding)).endsWith(4, 4.5f);
        });
    }

    @Test
    void whatIsNotThereIsNoneOrIsNamed() {
        assertThat(Columns.NONE.count()).isZero();
        assertThat(Columns.NONE.numbers(Columns.LABEL)).isEmpty();
        assertThat(Columns.NONE.texts(Columns.CAPTION)).isEmpty();
        assertThatThrownBy(() -> all().get(Columns.LATENT, Column.Floats.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no latent; there are [attributes, caption, embedding, image, label]");
        assertThatThrownBy(() -> all().get(Columns.LABEL, Column.Floats.class))
                .hasMessage("label must be Floats: Numbers");
    }

    @Test
    void rowsThatAreNotAlikeAreRefused() {
        Columns label = Columns.of(Columns.LABEL, new Column.Numbers(1));
        Columns text = Columns.of(Columns.LABEL, new Column.Texts(List.of("a")));
        Columns wide = Columns.of(Columns.LATENT, new Column.Floats(new float[4], List.of(1, 2, 2)));
        Columns flat = Columns.of(Columns.LATENT, new Column.Floats(new float[4], List.of(4)));
        assertThatThrownBy(() -> Columns.join(List.of(label, wide)))
                .hasMessage("samples must have the same columns: [label] and [latent]");
        assertThatThrownBy(() -> Columns.join(List.of(label, text)))
                .hasMessage("rows must be alike: Numbers and Texts");
        assertThatThrownBy(() -> Columns.join(List.of(wide, flat)))
                .hasMessage("rows must have one shape: [1, 2, 2] and [4]");
        assertThatThrownBy(() -> label.with("pair", new Column.Numbers(1, 2)))
                .hasMessage("columns must have as many rows each: {label=1, pair=2}");
        assertThatThrownBy(() -> new Column.Floats(new float[5], List.of(2)))
                .hasMessage("5 values do not fill rows of the shape [2]");
    }
}
