package dev.calotype.data.rooms;

/** A surface ready for rays: its plane equation, and the rectangle that its bevel turns away from. */
final class Shader {
    final Surface.Finish finish;

    private final Surface surface;
    private final Camera camera;
    private final Vec normal;
    private final Vec axis;
    private final Vec dx;
    private final Vec dy;
    private final double distance;
    private final double lowU, highU, lowV, highV;

    Shader(Surface surface, Camera camera) {
        this.surface = surface;
        this.camera = camera;
        finish = surface.finish();
        Vec n = surface.u().cross(surface.v()).unit();
        normal = n.dot(camera.eye.minus(surface.origin())) < 0 ? n.times(-1) : n;
        axis = camera.axis();
        dx = camera.dx();
        dy = camera.dy();
        distance = normal.dot(surface.origin().minus(camera.eye));
        double[] box = {1e9, -1e9, 1e9, -1e9};
        double[] uv = surface.outline();
        for (int i = 0; i < uv.length; i++) {
            int low = 2 * (i & 1);
            box[low] = Math.min(box[low], uv[i]);
            box[low + 1] = Math.max(box[low + 1], uv[i]);
        }
        lowU = box[0];
        highU = box[1];
        lowV = box[2];
        highV = box[3];
    }

    /** Fills {@code f} with what the ray of picture point (x, y) meets, in its own colour. */
    void cast(double x, double y, Fragment f) {
        double ax = axis.x() + x * dx.x() + y * dy.x();
        double ay = axis.y() + x * dx.y() + y * dy.y();
        double az = axis.z() + x * dx.z() + y * dy.z();
        double t = distance / (normal.x() * ax + normal.y() * ay + normal.z() * az);
        f.x = camera.eye.x() + t * ax;
        f.y = camera.eye.y() + t * ay;
        f.z = camera.eye.z() + t * az;
        double px = f.x - surface.origin().x();
        double py = f.y - surface.origin().y();
        double pz = f.z - surface.origin().z();
        f.u = px * surface.u().x() + py * surface.u().y() + pz * surface.u().z();
        f.v = px * surface.v().x() + py * surface.v().y() + pz * surface.v().z();
        f.nx = normal.x();
        f.ny = normal.y();
        f.nz = normal.z();
        if (finish.bevelU() > 0) turn(f, surface.u(), bend(f.u, lowU, highU, finish.bevelU()));
        if (finish.bevelV() > 0) turn(f, surface.v(), bend(f.v, lowV, highV, finish.bevelV()));
        surface.texture().paint(f);
    }

    /** How far the surface leans towards its edge at s: -1 at the low end, 0 inside, 1 at the high end. */
    private static double bend(double s, double low, double high, double bevel) {
        if (s < low + bevel) return Math.max(-1, (s - low) / bevel - 1);
        return s > high - bevel ? Math.min(1, (s - high) / bevel + 1) : 0;
    }

    private static void turn(Fragment f, Vec axis, double lean) {
        if (lean == 0) return;
        double s = 0.9 * lean;
        double c = Math.sqrt(1 - s * s);
        f.nx = f.nx * c + axis.x() * s;
        f.ny = f.ny * c + axis.y() * s;
        f.nz = f.nz * c + axis.z() * s;
    }
}
