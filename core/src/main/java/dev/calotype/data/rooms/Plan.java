package dev.calotype.data.rooms;

/**
 * Where things stand, in metres. The rule of the plan is that nothing hides the evidence of an attribute: the
 * nightstand is on the free side of the bed, window and plant are beyond it, the picture hangs over the bed, the rug
 * lies before it.
 */
final class Plan {
    /** Half of the width of the room. */
    static final double HALF = 1.8;

    static final double HEIGHT = 2.5;

    final RoomScene scene;
    final double bedX, bedWidth, bedLength, bedHeight, headboard;
    /** +1 if the nightstand is to the right of the bed, else -1. */
    final int side;

    final double standX, standHeight;
    final double windowX, windowY, windowWidth, windowHeight;
    final double plantX;

    Plan(RoomScene scene) {
        this.scene = scene;
        bedWidth = scene.is(RoomAttribute.BED_SIZE, "double") ? 1.55 : 0.92;
        bedLength = Nuisance.BED_LENGTH.of(scene);
        bedHeight = Nuisance.BED_HEIGHT.of(scene);
        headboard = Nuisance.HEADBOARD.of(scene);
        int place = scene.index(RoomAttribute.BED_POSITION) - 1;
        bedX = place * (HALF - 0.12 - bedWidth / 2) + Nuisance.BED_SHIFT.of(scene);
        side = place != 0 ? -place : Nuisance.SIDE.of(scene) < 0.5 ? -1 : 1;
        standX = bedX + side * (bedWidth / 2 + 0.34);
        standHeight = Nuisance.STAND.of(scene);
        double size = Nuisance.WINDOW_SIZE.of(scene);
        windowWidth = (place == 0 ? 0.84 : 1.05) * size;
        windowHeight = 1.08 * size;
        windowX = (place == 0 ? -side * 1.28 : side * 1.1) + Nuisance.WINDOW_X.of(scene);
        windowY = 1.62 + Nuisance.WINDOW_Y.of(scene);
        plantX = place == 0 ? -side * 1.4 : side * 1.3;
    }

    boolean is(RoomAttribute attribute, String value) {
        return scene.is(attribute, value);
    }
}
