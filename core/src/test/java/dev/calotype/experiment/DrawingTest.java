package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrawingTest {
    @Test
    void imagesAreTheSameHoweverFewAreMadeAtOnce() {
        DataSettings data = Recipe.parse("kind: gan", List.of()).data();
        List<String> asked = new ArrayList<>();
        Drawing drawing = Drawing.of("numbers", 3, data, (first, count) -> {
            asked.add(first + "+" + count);
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) numbers[i] = first + i;
            return Tensors.of(numbers, count, 1, 1, 1);
        });
        Drawing few = drawing.atMost(3);
        Scope.run(() -> {
            assertThat(Tensors.floats(few.images(5, 8))).containsExactly(Tensors.floats(drawing.images(5, 8)));
            assertThat(Tensors.shape(few.images(1, 2))).containsExactly(2, 1, 1, 1);
        });
        assertThat(asked).containsExactly("5+3", "8+3", "11+2", "5+8", "1+2");
        assertThat(few.name() + few.seed()).isEqualTo("numbers3");
        assertThat(few.data()).isSameAs(data);
    }
}
