package dev.calotype.data.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoomQuestionTest {
    private static final int ROOMS = 2000;

    @ParameterizedTest
    @EnumSource
    void whatIsWithheldIsNeverSeenButAllElseIs(RoomQuestion question) {
        Set<RoomQuestion.Combination> seen = new HashSet<>();
        for (int i = 0; i < ROOMS; i++) {
            RoomScene scene = Rooms.seen(32).scene(i);
            seen.add(new RoomQuestion.Combination(scene.value(question.first()), scene.value(question.second())));
        }
        int all =
                question.first().choices().size() * question.second().choices().size();
        assertThat(seen).doesNotContainAnyElementsOf(question.withheld());
        assertThat(seen).hasSize(all - question.withheld().size());
    }

    @ParameterizedTest
    @EnumSource
    void everyRoomOfNewCombinationsHasOneAndAllOccur(RoomQuestion question) {
        Set<RoomQuestion.Combination> found = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            RoomScene scene = Rooms.unseen(32).scene(i);
            assertThat(question.isWithheld(scene)).isTrue();
            found.add(new RoomQuestion.Combination(scene.value(question.first()), scene.value(question.second())));
        }
        assertThat(found).hasSameElementsAs(question.withheld());
    }

    /** Otherwise the second could be learned as another name of the first. */
    @ParameterizedTest
    @EnumSource
    void noValueOfTheFirstAttributeTellsTheSecond(RoomQuestion question) {
        for (String first : question.first().choices()) {
            long left = question.second().choices().stream()
                    .filter(second -> !question.withheld().contains(new RoomQuestion.Combination(first, second)))
                    .count();
            assertThat(left).as(first).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void everyValueIsSeen() {
        Map<RoomAttribute, Set<String>> seen = new EnumMap<>(RoomAttribute.class);
        for (int i = 0; i < ROOMS; i++)
            Rooms.seen(32).scene(i).attributes().forEach((attribute, value) -> seen.computeIfAbsent(
                            attribute, a -> new HashSet<>())
                    .add(value));
        for (RoomAttribute attribute : RoomAttribute.values())
            assertThat(seen.get(attribute)).hasSameElementsAs(attribute.choices());
    }

    @Test
    void noTwoQuestionsAskOfTheSameAttribute() {
        Set<RoomAttribute> asked = new HashSet<>();
        for (RoomQuestion question : RoomQuestion.values()) {
            assertThat(asked.add(question.first())).isTrue();
            assertThat(asked.add(question.second())).isTrue();
        }
    }
}
