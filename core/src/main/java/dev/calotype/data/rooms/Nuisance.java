package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;

/**
 * What varies continuously and means nothing: each is uniform in its range and independent of the attributes and of
 * the others. Lengths are in metres, angles in radians, light in multiples of the usual.
 */
enum Nuisance {
    CAMERA_X(-0.22, 0.22),
    CAMERA_HEIGHT(1.85, 2.1),
    CAMERA_DISTANCE(5.0, 6.3),
    YAW(-0.05, 0.05),
    ROLL(-0.012, 0.012),
    ZOOM(0.97, 1.06),
    SHIFT_X(-0.03, 0.03),
    SHIFT_Y(-0.03, 0.03),
    SIDE(0, 1),
    BED_SHIFT(-0.04, 0.04),
    BED_LENGTH(1.75, 1.92),
    BED_HEIGHT(0.52, 0.6),
    HEADBOARD(1.0, 1.13),
    PATTERN_PHASE(0, 1),
    PILLOW(-0.05, 0.05),
    STAND(0.46, 0.54),
    LAMP_SIZE(0.96, 1.1),
    LAMP_STRENGTH(0.85, 1.15),
    PICTURE_SIZE(0.96, 1.06),
    PICTURE_X(-0.04, 0.04),
    PICTURE_Y(-0.03, 0.04),
    PAINTING(0, 1),
    WINDOW_SIZE(0.96, 1.05),
    WINDOW_X(-0.04, 0.03),
    WINDOW_Y(-0.03, 0.05),
    HORIZON(0.2, 0.45),
    RUG_X(-0.06, 0.06),
    RUG_SIZE(0.93, 1.07),
    PLANT_SIZE(0.94, 1.1),
    LIGHT_X(-0.7, 0.7),
    LIGHT_STRENGTH(0.75, 1.25),
    SUN_X(-0.35, 0.35),
    SUN_Y(0.55, 0.85),
    EXPOSURE(0.88, 1.14),
    WARMTH(-0.05, 0.05),
    NOISE(0.004, 0.012);

    private final double from;
    private final double to;

    Nuisance(double from, double to) {
        this.from = from;
        this.to = to;
    }

    /** The value in the scene of that nuisance number. */
    double of(RoomScene scene) {
        return from + (to - from) * Rng.of(scene.nuisance()).fork(ordinal()).nextDouble();
    }

    /** A stream for what is not in this table, such as grain and leaves; streams of different names are independent. */
    static Rng stream(RoomScene scene, int name) {
        return Rng.of(scene.nuisance()).fork(1000 + name);
    }
}
