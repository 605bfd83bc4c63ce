package dev.calotype.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToldAdaptersTest {
    @Test
    void whatAPictureSaysOfItsAdaptersIsReadBackWhateverTheirNames() {
        List<List<String>> several = List.of(
                List.of(),
                List.of("a.safetensors"),
                List.of("a.safetensors:0.5", "runs/b-001"),
                List.of("warm, soft/a.safetensors:0.5", "b.safetensors"),
                List.of("[\"a\"]"),
                List.of("[a", "b\"c"));
        for (List<String> adapters : several) {
            Map<String, String> origin = new HashMap<>();
            SharedModel.tell(adapters, origin);
            assertThat(SharedModel.adapters(origin)).isEqualTo(adapters);
        }
        assertThat(SharedModel.adapters(Map.of("adapters", "a, b"))).containsExactly("a", "b");
    }
}
