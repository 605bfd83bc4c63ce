package dev.calotype.data.rooms;

import java.util.Map;

/** The colours of the attribute values. Those of one attribute are far apart, also by lamplight. */
final class Paint {
    static final Colour WHITE = Colour.srgb(0xF1EDE6);
    static final Colour LINEN = Colour.srgb(0xEFE9DD);

    private static final Map<RoomAttribute, int[]> CODES = Map.of(
            RoomAttribute.WALL, new int[] {0xECE9E4, 0xE8CB6C, 0x97BF8C, 0x86AEDA, 0xE59FAA, 0x85614A},
            RoomAttribute.FLOOR, new int[] {0xCB9E66, 0x5A3724, 0x8B8F96, 0xE9E5DE},
            RoomAttribute.BED_FRAME, new int[] {0xF1EDE6, 0xB9803F, 0x29241F},
            RoomAttribute.BLANKET, new int[] {0xB3202A, 0xE67A22, 0x2F8A45, 0x2555AE, 0x71399A, 0x26272B},
            RoomAttribute.LAMP_SHADE, new int[] {0xF2EADB, 0xC4302C, 0x3FA052, 0x2F62C2},
            RoomAttribute.RUG, new int[] {0, 0xA9262B, 0x274F9E, 0x39803F, 0xEEE8DC});

    private Paint() {}

    /** The paint of that attribute in that scene, with the scene's jitter. */
    static Colour of(RoomScene scene, RoomAttribute attribute) {
        Colour pure = Colour.srgb(CODES.get(attribute)[scene.index(attribute)]);
        return pure.jitter(Nuisance.stream(scene, attribute.ordinal()));
    }
}
