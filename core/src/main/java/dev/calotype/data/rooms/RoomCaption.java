package dev.calotype.data.rooms;

/** English for a scene. */
public final class RoomCaption {
    private RoomCaption() {}

    public static String of(RoomScene scene) {
        return "";
    }
}
