package dev.calotype.data.rooms;

import java.util.ArrayList;
import java.util.List;

/** The surfaces of a scene from far to near, and the bodies that shade them. */
final class Room {
    final Plan plan;
    final Camera camera;
    final List<Surface> surfaces = new ArrayList<>();
    final List<Light.Body> bodies = new ArrayList<>();

    Room(RoomScene scene) {
        plan = new Plan(scene);
        camera = new Camera(scene);
        new Shell(this).build();
        new Bedside(this).build();
        new Bed(this).build();
    }

    RoomScene scene() {
        return plan.scene;
    }

    void add(Surface surface) {
        surfaces.add(surface);
    }

    /** A body that darkens what is within about {@code reach} metres of the box, at most by {@code depth}. */
    int body(Vec low, Vec high, double reach, double depth) {
        bodies.add(new Light.Body(low, high, reach, depth));
        return bodies.size() - 1;
    }

    /** The faces of a box that the camera may see: top, one side, front. */
    void box(Vec low, Vec high, Texture texture, Surface.Finish finish) {
        double w = high.x() - low.x();
        double h = high.y() - low.y();
        double d = high.z() - low.z();
        if (camera.eye.x() < low.x()) add(new Surface(low, Vec.Z, Vec.Y, Surface.rectangle(d, h), texture, finish));
        if (camera.eye.x() > high.x())
            add(new Surface(
                    new Vec(high.x(), low.y(), low.z()), Vec.Z, Vec.Y, Surface.rectangle(d, h), texture, finish));
        if (camera.eye.y() > high.y())
            add(new Surface(
                    new Vec(low.x(), high.y(), low.z()), Vec.X, Vec.Z, Surface.rectangle(w, d), texture, finish));
        add(new Surface(low, Vec.X, Vec.Y, Surface.rectangle(w, h), texture, finish));
    }

    /** An upright rectangle that faces the camera. */
    static Surface upright(Vec low, double w, double h, Texture texture) {
        return new Surface(low, Vec.X, Vec.Y, Surface.rectangle(w, h), texture, Surface.MATT);
    }

    /** A solid of revolution seen from the side: widths at bottom and top, shaded as round. */
    static Surface turned(Vec foot, double[] widths, double h, Texture texture, Surface.Finish finish) {
        double w = Math.max(widths[0], widths[1]);
        double a = (w - widths[0]) / 2;
        double b = (w - widths[1]) / 2;
        return new Surface(
                foot.plus(new Vec(-w / 2, 0, 0)),
                Vec.X,
                Vec.Y,
                new double[] {a, 0, w - a, 0, w - b, h, b, h},
                texture,
                new Surface.Finish(finish.body(), finish.glow(), w / 2, 0));
    }
}
