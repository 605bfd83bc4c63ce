package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumberedNameTest {
    private static final NumberedName NAME = new NumberedName("step-", 3, 8, ".png");

    @Test
    void numbersAreReadInTheDigitsOfAnyLanguage() {
        assertThat(NAME.number("step-000300.png")).hasValue(300);
        assertThat(NAME.number("step-۰۰۰۳۰۰.png")).as("Persian").hasValue(300);
        assertThat(NAME.number("step-٠٠٠٣٠٠.png")).as("Arabic").hasValue(300);
        assertThat(NAME.number("step-০০০৩০০.png")).as("Bengali").hasValue(300);
        assertThat(NAME.number("step-၀၀၀၃၀၀.png")).as("Burmese").hasValue(300);
        assertThat(NAME.number("step-०००३००.png")).as("Nepali, Marathi").hasValue(300);
    }

    @Test
    void otherNamesHaveNoNumber() {
        for (String name :
                List.of("", "step-.png", "step-12.png", "step-123456789.png", "step-12x.png", "step-+12.png"))
            assertThat(NAME.number(name)).as(name).isEmpty();
        assertThat(NAME.number("step-123.png.bak")).isEmpty();
        assertThat(NAME.number("a step-123.png")).isEmpty();
        assertThat(NAME.number("step-²²².png")).as("no digits").isEmpty();
        assertThatThrownBy(() -> new NumberedName("", 1, 19, "")).hasMessage("digits must be in 1..18: 1..19");
    }
}
