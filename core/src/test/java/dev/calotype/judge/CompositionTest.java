package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.RoomScene;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class CompositionTest {
    private static final RoomScene ROOM = Rooms.unseen(32).scene(3);

    private static int[] read(RoomScene scene) {
        int[] read = new int[RoomAttribute.values().length];
        for (RoomAttribute attribute : RoomAttribute.values()) read[attribute.ordinal()] = scene.index(attribute);
        return read;
    }

    private static String other(RoomAttribute attribute) {
        return attribute
                .choices()
                .get((ROOM.index(attribute) + 1) % attribute.choices().size());
    }

    @Test
    void aQuestionIsAnsweredRightWhereBothOfItsAttributesAre() {
        RoomScene wall = ROOM.with(RoomAttribute.WALL, other(RoomAttribute.WALL));
        RoomScene plant = ROOM.with(RoomAttribute.PLANT, other(RoomAttribute.PLANT));
        int[] blind =
                IntStream.generate(() -> CategoryHistogram.UNKNOWN).limit(13).toArray();
        Map<String, String> told = ROOM.named();
        Composition composition = Composition.of(
                List.of(told, told, told, told), new int[][] {read(ROOM), read(wall), read(plant), blind});
        assertThat(composition.questions())
                .isEqualTo(Map.of("colour", .75, "shape", .75, "texture", .5, "spatial", .75, "state", .75));
        assertThat(composition.attributes())
                .containsEntry("wall", .5)
                .containsEntry("plant", .5)
                .containsEntry("lamp", .75);
        assertThat(composition.meanQuestion()).isEqualTo(.7);
    }

    @Test
    void realRoomsOfNewCombinationsShowWhatTheirCaptionsTell() throws IOException {
        Rooms rooms = Rooms.unseen(64);
        List<Map<String, String>> told =
                IntStream.range(0, 32).mapToObj(i -> rooms.scene(i).named()).toList();
        try (RoomsJudge judge = RoomsJudge.builtIn(Device.CPU)) {
            Composition composition = Scope.read(() -> {
                Tensor[] pictures = IntStream.range(0, 32)
                        .mapToObj(i -> Images.toTensor(rooms.read(i).image()))
                        .toArray(Tensor[]::new);
                return Composition.of(judge, told, Images.toPixels(Tensors.cat(0, pictures)));
            });
            assertThat(composition.pictures()).isEqualTo(32);
            assertThat(composition.meanQuestion()).isGreaterThan(.9);
        }
    }

    @Test
    void asManyPicturesAsWereToldOf() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Composition.of(List.of(ROOM.named()), new int[0][]))
                .withMessage("there must be as many pictures as were told of, at least 1: 0 and 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Composition.of(List.of(Map.of()), new int[][] {read(ROOM)}))
                .withMessage("nothing was told of lamp-shade");
    }
}
