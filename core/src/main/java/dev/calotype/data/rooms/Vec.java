package dev.calotype.data.rooms;

/** A point or direction in metres: x to the right, y up, z away from the camera; the back wall is z = 0. */
record Vec(double x, double y, double z) {
    static final Vec X = new Vec(1, 0, 0);
    static final Vec Y = new Vec(0, 1, 0);
    static final Vec Z = new Vec(0, 0, 1);

    Vec plus(Vec o) {
        return new Vec(x + o.x, y + o.y, z + o.z);
    }

    Vec minus(Vec o) {
        return new Vec(x - o.x, y - o.y, z - o.z);
    }

    Vec times(double s) {
        return new Vec(x * s, y * s, z * s);
    }

    double dot(Vec o) {
        return x * o.x + y * o.y + z * o.z;
    }

    Vec cross(Vec o) {
        return new Vec(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x);
    }

    Vec unit() {
        return times(1 / Math.sqrt(dot(this)));
    }
}
