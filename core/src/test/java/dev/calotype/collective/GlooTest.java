package dev.calotype.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlooTest {
    private static double[] noise(int rank) {
        return Scope.read(() -> Tensors.doubles(Rng.of(rank).normal(1000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void sumsHaveTheSameBitsEverywhere(int world) {
        List<double[]> sums = Companions.of(
                world,
                ranks -> Scope.read(() -> {
                    Tensor values = Rng.of(ranks.rank()).normal(1000);
                    ranks.sum(values);
                    return Tensors.doubles(values);
                }));
        assertThat(sums).allSatisfy(sum -> assertThat(sum).containsExactly(sums.get(0)));
        double first = 0;
        for (int rank = 0; rank < world; rank++) first += noise(rank)[0];
        assertThat(sums.get(0)[0]).isCloseTo(first, within(1e-6));
    }

    @Test
    void allFollowRankZero() {
        List<double[]> heard = Companions.of(
                2,
                ranks -> Scope.read(() -> {
                    Tensor values = Rng.of(ranks.rank()).normal(1000);
                    ranks.follow(values);
                    assertThat(ranks.follow(ranks.rank() + 0.25)).containsExactly(0.25);
                    assertThat(ranks.sum(ranks.rank() + 1.0, 0.5)).containsExactly(3, 1);
                    return Tensors.doubles(values);
                }));
        assertThat(heard).allSatisfy(values -> assertThat(values).containsExactly(noise(0)));
    }

    @Test
    void oneOfAnotherBuildIsRefused() {
        assertThatThrownBy(() -> Companions.of(2, rank -> "build " + rank, Ranks::rank))
                .hasMessageContaining("rank 1 is of another build than rank 0: build 1 and build 0");
    }

    @Test
    void oneThatHasGoneIsNoticedByTheOthers() {
        List<Throwable> noticed =
                Companions.of(2, ranks -> ranks.first() ? null : catchThrowable(() -> ranks.sum(1.0)));
        assertThat(noticed.get(1))
                .isInstanceOf(LostRanksException.class)
                .hasMessageContaining("rank 1 of 2 at 127.0.0.1:")
                .hasMessageContaining("lost another one");
    }

    @Test
    void whoMeetsNobodySaysSoInTime() {
        Place place = new Place("127.0.0.1", Companions.port(), Optional.empty());
        assertThatThrownBy(() -> Gloo.join(place, "", Duration.ofSeconds(1)))
                .isInstanceOf(LostRanksException.class)
                .hasMessageContaining("the processes that meet at " + place
                        + " were not all there within 1.0 s: nobody listens there");
        assertThatThrownBy(() -> Gloo.lead(place, 2, "", Duration.ofSeconds(1)))
                .isInstanceOf(LostRanksException.class)
                .hasMessageContaining("were not all there within 1.0 s: rank 1 did not come");
    }

    @Test
    void aPlaceIsReadFromItsText() {
        assertThat(Place.of("node-1:29500", Optional.empty())).hasToString("node-1:29500");
        assertThat(Place.of("[::1]:80", Optional.empty()).host()).isEqualTo("::1");
        assertThat(Place.of("127.0.0.1:80", Optional.empty()).reached()).isEqualTo("127.0.0.1");
        assertThat(Place.of("a:80", Optional.of("b")).reached()).isEqualTo("b");
        for (String wrong : List.of("node", "node:", ":80", "node:0", "node:x", "node:65536"))
            assertThatThrownBy(() -> Place.of(wrong, Optional.empty()))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextIsFollowedWhateverItsLength() {
        for (String said : List.of("", "recipe", "Bär, 写真 and more"))
            assertThat(Companions.of(
                            3, ranks -> ranks.follow(ranks.first() ? said : "something else of another length")))
                    .containsOnly(said);
    }

    @Test
    void aloneNothingIsAsked() {
        assertThat(Ranks.ALONE.sum(1, 2)).containsExactly(1, 2);
        assertThat(Ranks.ALONE.several()).isFalse();
        assertThat(Ranks.ALONE.first()).isTrue();
    }
}
