package dev.calotype.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against {@code get_clean_fn} of open_clip 3.3. */
class OpenClipCleaningTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "A Red_Bus, at &amp; &lt;night&gt;! | A Red_Bus, at & <night>! | a red bus at night",
                "don\u2019t  STOP -- caf\u00e9\u00a0\u201cx\u201d | don't STOP -- caf\u00e9 \"x\" | dont stop caf\u00e9 x",
                "_\u0130stanbul_\u03a3\u03a3 #1 | _\u0130stanbul_\u03a3\u03a3 #1 | i\u0307stanbul \u03c3\u03c2 1",
                "!!! | !!! | ``",
                "\uff21\uff22 \ufb01ne | AB fine | ab fine"
            })
    void textsAreCleanedAsThere(String text, String whitespace, String canonical) {
        assertThat(OpenClipCleaning.WHITESPACE.apply(text)).isEqualTo(whitespace);
        assertThat(OpenClipCleaning.CANONICALIZE.apply(text)).isEqualTo(canonical);
        assertThat(OpenClipCleaning.LOWER.apply(text)).isEqualTo(whitespace.toLowerCase(Locale.ROOT));
    }
}
