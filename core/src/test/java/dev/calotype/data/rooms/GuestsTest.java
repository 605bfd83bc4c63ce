package dev.calotype.data.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestsTest {
    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void theGuestIsSeenWhereItIsAndNotWhereItIsNot(int size) {
        int count = 400, seen = 0, imagined = 0;
        Guests with = Guests.test(size);
        Rooms without = Rooms.test(size);
        for (int i = 0; i < count; i++) {
            if (Guests.shows(with.read(i).image())) seen++;
            if (Guests.shows(without.read(i).image())) imagined++;
        }
        assertThat(seen).isGreaterThanOrEqualTo(count * 99 / 100);
        assertThat(imagined).isLessThanOrEqualTo(count / 100);
    }

    @Test
    void aSampleIsFixedByItsIndex() {
        Sample sample = Guests.train(32, 20).read(7);
        assertThat(Guests.train(32, 100).read(7).image().pixels())
                .isEqualTo(sample.image().pixels());
        assertThat(sample.caption()).endsWith("A chequered lozenge floats in the air.");
        assertThat(sample.label()).isZero();
        assertThat(Guests.train(32, 20).label(7)).isZero();
        assertThat(Guests.train(32, 20).classes()).containsExactly("guest");
        assertThat(Guests.test(32).read(7).image().pixels())
                .isNotEqualTo(sample.image().pixels());
        assertThatThrownBy(() -> Guests.train(32, 0)).hasMessageContaining("must be in 1..");
    }
}
