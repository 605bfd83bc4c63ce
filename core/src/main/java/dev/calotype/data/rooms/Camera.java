package dev.calotype.data.rooms;

/** A pinhole that looks along z at the back wall; the picture is the square [-1, 1] x [-1, 1], y up. */
final class Camera {
    /** Half of the width of the back-wall plane that the picture shows, in metres, at zoom 1. */
    private static final double HALF_VIEW = 2.22;
    /** The height on the back-wall plane that the upper edge of the picture shows. */
    private static final double TOP = 2.62;

    final Vec eye;
    private final Vec right;
    private final Vec up;
    private final Vec forward;
    private final double focal;
    private double shiftX;
    private double shiftY;

    Camera(RoomScene scene) {
        double distance = Nuisance.CAMERA_DISTANCE.of(scene);
        double yaw = Nuisance.YAW.of(scene);
        double roll = Nuisance.ROLL.of(scene);
        eye = new Vec(Nuisance.CAMERA_X.of(scene), Nuisance.CAMERA_HEIGHT.of(scene), -distance);
        forward = new Vec(StrictMath.sin(yaw), 0, StrictMath.cos(yaw));
        Vec level = new Vec(StrictMath.cos(yaw), 0, -StrictMath.sin(yaw));
        right = level.times(StrictMath.cos(roll)).plus(Vec.Y.times(StrictMath.sin(roll)));
        up = forward.cross(right).unit();
        focal = distance / HALF_VIEW * Nuisance.ZOOM.of(scene);
        double[] top = project(new Vec(0, TOP, 0));
        shiftX = Nuisance.SHIFT_X.of(scene) - top[0];
        shiftY = Nuisance.SHIFT_Y.of(scene) + 1 - top[1];
    }

    /** Where the picture shows {@code p}, which must be in front of the camera. */
    double[] project(Vec p) {
        Vec v = p.minus(eye);
        double depth = v.dot(forward);
        return new double[] {focal * v.dot(right) / depth + shiftX, focal * v.dot(up) / depth + shiftY};
    }

    /** The direction (not unit) that the picture shows at (0, 0). */
    Vec axis() {
        return forward.plus(right.times(-shiftX / focal)).plus(up.times(-shiftY / focal));
    }

    /** How the direction changes with the picture's x. */
    Vec dx() {
        return right.times(1 / focal);
    }

    /** How the direction changes with the picture's y. */
    Vec dy() {
        return up.times(1 / focal);
    }
}
