package dev.calotype.studio.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.draw.JointDrawing.Batch;
import dev.calotype.studio.draw.JointDrawing.Piece;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.web.Limits;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When pictures that nobody wants any more are dropped from a batch. */
class JointDrawingTest {
    @Test
    void aBatchIsBegunAnewWhereThatTakesFewerEvaluationsThanToEndIt() {
        int steps = 20;
        for (int done = 1; done < steps; done++)
            for (int unwanted = 0; unwanted <= 8; unwanted++)
                for (int wanted = 0; wanted <= 8; wanted++) {
                    int toItsEnd = (steps - done) * (unwanted + wanted), anew = steps * wanted;
                    assertThat(JointDrawing.isSoonerAnew(done, steps, unwanted, wanted))
                            .isEqualTo(anew < toItsEnd);
                }
    }

    @Test
    void whatEverybodyWantsOrIsDoneIsKept() {
        assertThat(JointDrawing.isSoonerAnew(1, 20, 0, 8)).isFalse();
        assertThat(JointDrawing.isSoonerAnew(20, 20, 8, 0)).isFalse();
        assertThat(JointDrawing.isSoonerAnew(1, 20, 8, 0)).isTrue();
    }

    private static <T> T only(Class<T> type, Function<String, Object> answers, Consumer<Object[]> told) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == given[0];
                    case "progress" -> {
                        told.accept(given);
                        yield null;
                    }
                    default -> answers.apply(method.getName());
                }));
    }

    private static PictureWork work(int count) {
        ObjectNode asked =
                JsonNodeFactory.instance.objectNode().put("model", "m").put("count", count);
        DrawWish wish = DrawWish.of(new Fields(asked), Limits.USUAL);
        return only(PictureWork.class, name -> name.equals("wish") ? wish : null, given -> {});
    }

    private static Piece piece(boolean cancelled) {
        JobRun run = only(JobRun.class, name -> name.equals("isCancelled") ? cancelled : null, given -> {});
        return new Piece(new Work.Turn(work(1), run, () -> {}), 0);
    }

    private static Batch batch(Boolean... cancelled) {
        return new Batch(Stream.of(cancelled).map(JointDrawingTest::piece).toList());
    }

    @Test
    void whatWasDenoisedIsNotBegunAnewWhileItIsDecoded() {
        Batch some = batch(true, true, false);
        some.at("denoising", 20, 20);
        some.at("decoding", 1, 3);
        assertThatThrownBy(() -> batch(true, true, false).at("denoising", 1, 20))
                .isInstanceOf(CancellationException.class);
        Batch all = batch(true, true);
        all.at("denoising", 20, 20);
        assertThatThrownBy(() -> all.at("decoding", 1, 2)).isInstanceOf(CancellationException.class);
    }

    @Test
    void aWorkInTwoBatchesComesAboutOnceOverAllOfItsPictures() {
        List<Double> told = new ArrayList<>();
        JobRun run = only(
                JobRun.class,
                name -> name.equals("isCancelled") ? false : null,
                given -> told.add((long) given[0] / (double) (long) given[1]));
        Work.Turn turn = new Work.Turn(work(6), run, () -> {});
        List<Piece> own =
                IntStream.range(0, 6).mapToObj(place -> new Piece(turn, place)).toList();
        for (List<Piece> pieces : List.of(own.subList(0, 4), own.subList(4, 6))) {
            List<Piece> all = new ArrayList<>(pieces);
            if (all.size() == 4) all.add(0, piece(false));
            Batch batch = new Batch(all);
            for (int done = 1; done <= 3; done++) batch.at("denoising", done, 3);
            for (int done = 1; done <= all.size(); done++) batch.at("decoding", done, all.size());
        }
        assertThat(told).isSorted().endsWith(1.0).contains(4 / 6.0);
    }
}
