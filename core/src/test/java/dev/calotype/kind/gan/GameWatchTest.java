package dev.calotype.kind.gan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Incident.Kind;
import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.Duel;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GameWatchTest {
    /** The first incident of a game of 2000 steps, if there is one. */
    private static Optional<Incident> first(AdversarialLoss loss, double score, LongFunction<Duel> duel) {
        GameWatch watch = new GameWatch(loss);
        for (long step = 1; step <= 2000; step++) {
            Optional<Incident> seen = watch.see(new StepReport(step, score, 1, 1e-3, 4, duel.apply(step)), 2 * step);
            if (seen.isPresent()) return seen;
        }
        return Optional.empty();
    }

    private static Duel duel(double accuracy, double diversity) {
        return new Duel(1, 1, accuracy, accuracy, diversity);
    }

    @Test
    void aFairGameIsNoIncident() {
        assertThat(first(AdversarialLoss.NON_SATURATING, 1.2, step -> duel(0.8, Math.min(0.9, step / 500.0))))
                .isEmpty();
    }

    @Test
    void aDiversityThatFallsIsACollapseSoonAfter() {
        Incident incident = first(AdversarialLoss.HINGE, 1, step -> duel(0.8, step < 700 ? 0.9 : 0.05))
                .orElseThrow();
        assertThat(incident.kind()).isEqualTo(Kind.COLLAPSE);
        assertThat(incident.step()).isBetween(701L, 800L);
        assertThat(incident.seconds()).isEqualTo(2 * incident.step());
        assertThat(incident.message()).contains("collapses", "try game.penalty=r1");
    }

    @Test
    void aGeneratorThatNeverVariesIsACollapseOnceItHasHadItsTime() {
        Incident incident =
                first(AdversarialLoss.HINGE, 1, step -> duel(0.8, 0.05)).orElseThrow();
        assertThat(incident.kind()).isEqualTo(Kind.COLLAPSE);
        assertThat(incident.step()).isEqualTo(1000);
    }

    /** DCGAN with batch normalisation tells nearly all apart from its hundredth step on, and improves all the same. */
    @Test
    void aSureDiscriminatorThatStillLosesSomethingHasNotWon() {
        assertThat(first(AdversarialLoss.NON_SATURATING, 0.05, step -> duel(0.996, Math.min(0.5, step / 1000.0))))
                .isEmpty();
    }

    /** Coloured noise differs more than rooms do; rooms that come out of it are no collapse. */
    @Test
    void whatFallsFromMoreThanRealImagesHaveHasNotCollapsed() {
        assertThat(first(AdversarialLoss.HINGE, 1, step -> duel(0.8, step < 300 ? 1.5 : 0.6)))
                .isEmpty();
    }

    @Test
    void aWatchThatWasRestoredSeesWhatAnUnbrokenOneDoes() {
        GameWatch straight = new GameWatch(AdversarialLoss.HINGE), before = new GameWatch(AdversarialLoss.HINGE);
        GameWatch after = new GameWatch(AdversarialLoss.HINGE);
        for (long step = 1; step <= 400; step++) {
            if (step == 250) after.restore(before.state());
            StepReport report = new StepReport(step, 1, 1, 1e-3, 4, duel(0.8, step < 240 ? 0.9 : 0.2));
            Optional<Incident> seen = straight.see(report, step);
            Optional<Incident> resumed = (step < 250 ? before : after).see(report, step);
            assertThat(resumed).isEqualTo(seen);
            if (seen.isPresent()) {
                assertThat(step).isGreaterThan(250);
                return;
            }
        }
        throw new AssertionError("nothing was seen");
    }

    @Test
    void whatHasNeverBeenDiverseHasNotFallen() {
        assertThat(first(AdversarialLoss.HINGE, 1, step -> duel(0.8, step < 300 ? 0.24 : 0.11)))
                .isEmpty();
    }

    @Test
    void aDiscriminatorThatKnowsAllHasWonButACriticOfWassersteinMay() {
        LongFunction<Duel> sure = step -> duel(1, 0.8);
        assertThat(first(AdversarialLoss.NON_SATURATING, 0.01, sure)
                        .orElseThrow()
                        .kind())
                .isEqualTo(Kind.DISCRIMINATOR_WON);
        assertThat(first(AdversarialLoss.WASSERSTEIN, -500, sure)).isEmpty();
    }

    @Test
    void aLossWithoutBoundsIsADivergence() {
        assertThat(first(AdversarialLoss.LEAST_SQUARES, 1e4, step -> duel(0.7, 0.8))
                        .orElseThrow()
                        .kind())
                .isEqualTo(Kind.DIVERGENCE);
    }

    @Test
    void kindsOfALaterVersionAreKeptAndShown(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("incidents.jsonl");
        new Incident(10, 1, Kind.COLLAPSE, "a").append(file);
        String later = "{\"step\":20,\"seconds\":2.0,\"kind\":\"OVER_HEATED\",\"message\":\"b\"}\n";
        Files.writeString(file, later, StandardOpenOption.APPEND);
        new Incident(30, 3, Kind.DIVERGENCE, "c").append(file);
        assertThat(Incident.read(file)).extracting(Incident::message).containsExactly("a", "b", "c");
        assertThat(Incident.read(file).get(1).kind()).hasToString("over-heated");
        assertThat(Incident.read(file).get(0).kind()).isEqualTo(Kind.COLLAPSE).hasToString("collapse");
        Incident.truncate(file, 25);
        assertThat(Files.readString(file)).contains("\"kind\":\"COLLAPSE\"", later);
    }

    @Test
    void incidentsAfterACheckpointAreDroppedOnResume(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("incidents.jsonl");
        new Incident(10, 1, Kind.COLLAPSE, "a").append(file);
        new Incident(20, 2, Kind.DIVERGENCE, "b").append(file);
        Incident.truncate(file, 15);
        assertThat(Incident.read(file)).containsExactly(new Incident(10, 1, Kind.COLLAPSE, "a"));
    }
}
