package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Shared;
import dev.calotype.image.Resize.Filter;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {
    @ParameterizedTest
    @CsvSource({
        "denoising/F16_GT,BICUBIC",
        "denoising/F16_GT,BILINEAR",
        "denoising/F16_GT,LANCZOS",
        "sr/zebra_GT,BICUBIC",
        "sr/zebra_GT,BILINEAR",
        "sr/zebra_GT,LANCZOS"
    })
    void photographsComeOutAsFromPillow(String name, Filter filter) throws IOException {
        Picture original = ImageFiles.decode(Shared.path("data/dip-images/" + name + ".png"), 3);
        String suffix = "_97x61_" + filter.name().toLowerCase(Locale.ROOT) + ".png";
        String file = name.substring(name.indexOf('/') + 1) + suffix;
        Picture expected = ImageFiles.decode(Shared.path("fixtures/metrics/" + file), 3);
        assertThat(Resize.to(original, 97, 61, filter)).isEqualTo(expected);
    }
}
