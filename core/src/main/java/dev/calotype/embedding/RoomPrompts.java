package dev.calotype.embedding;

import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.RoomCaption;
import dev.calotype.data.rooms.RoomScene;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * What an attribute of a room is called in sentences: captions of rooms that have the value, whatever else they have. The other
 * rooms of all values of an attribute are the same, so that nothing but the value differs.
 */
final class RoomPrompts {
    private static final int ROOMS = 64;
    private static final long SEED = 0xC11F; // none of the rooms of a split

    private RoomPrompts() {}

    /** The classes of an attribute are its {@link RoomAttribute#choices}, in their order. */
    static ZeroShot of(Encoder encoder, RoomAttribute attribute) {
        List<List<String>> sentences = new ArrayList<>();
        for (String value : attribute.choices()) {
            List<String> captions = new ArrayList<>();
            for (int i = 0; i < ROOMS; i++)
                captions.add(RoomCaption.of(RoomScene.draw(Rng.of(SEED).fork(i)).with(attribute, value)));
            sentences.add(captions);
        }
        return ZeroShot.of(encoder, sentences);
    }
}
