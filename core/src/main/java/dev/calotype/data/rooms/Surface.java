package dev.calotype.data.rooms;

/**
 * A flat piece of something: an outline in a plane, a texture, and a bevel that lets the shading turn round at the
 * edges, so that a cushion or a cylinder may be one surface.
 *
 * @param origin where (u, v) = (0, 0)
 * @param u unit vector of the first axis
 * @param v unit vector of the second axis
 * @param outline corners u0, v0, u1, v1, ... in metres
 * @param texture its reflectance
 * @param finish how it takes light
 */
record Surface(Vec origin, Vec u, Vec v, double[] outline, Texture texture, Finish finish) {
    /**
     * How a surface takes light.
     *
     * @param body which {@link Light.Body} it belongs to, so that nothing shades itself, or {@link #FREE}
     * @param glow light of its own, in multiples of its reflectance
     * @param bevelU metres from the extremes of u over which the normal turns outward
     * @param bevelV the same for v
     */
    record Finish(int body, double glow, double bevelU, double bevelV) {}

    static final int FREE = -1;

    /** The finish of a matt flat thing. */
    static final Finish MATT = new Finish(FREE, 0, 0, 0);

    /** A rectangle of w x h metres at the origin. */
    static double[] rectangle(double w, double h) {
        return new double[] {0, 0, w, 0, w, h, 0, h};
    }

    /** A rounded shape in w x h metres at the origin: roundness 1 is an ellipse, less is squarer. */
    static double[] round(double w, double h, double roundness) {
        int corners = 32;
        double[] outline = new double[2 * corners];
        for (int i = 0; i < corners; i++) {
            double a = 2 * StrictMath.PI * i / corners;
            outline[2 * i] = w / 2 * (1 + bend(StrictMath.cos(a), roundness));
            outline[2 * i + 1] = h / 2 * (1 + bend(StrictMath.sin(a), roundness));
        }
        return outline;
    }

    private static double bend(double x, double power) {
        return Math.signum(x) * StrictMath.pow(Math.abs(x), power);
    }

    Surface with(Finish finish) {
        return new Surface(origin, u, v, outline, texture, finish);
    }

    Vec at(double s, double t) {
        return origin.plus(u.times(s)).plus(v.times(t));
    }
}
