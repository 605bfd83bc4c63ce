package dev.calotype.data.rooms;

/**
 * The light of a room at a fragment: ambient light closed off by corners and bodies, a soft key from behind the
 * camera, daylight and a patch of sun through the window, the cone of a shaded lamp.
 */
final class Light {
    /** A box that takes ambient light from its surroundings. */
    record Body(Vec low, Vec high, double reach, double depth) {}

    private final Body[] bodies;
    private final Colour ambient;
    private final Colour key;
    private final Vec toKey;
    private final double leanX;
    private final Colour tint;
    private final boolean day;
    private final Plan plan;
    private final Vec toSun;
    private final Vec bulb;
    private final Colour glow;

    Light(Room room) {
        plan = room.plan;
        RoomScene scene = plan.scene;
        bodies = room.bodies.toArray(Body[]::new);
        double strength = Nuisance.LIGHT_STRENGTH.of(scene);
        leanX = Nuisance.LIGHT_X.of(scene);
        toKey = new Vec(leanX, 0.9, -0.75).unit();
        day = plan.is(RoomAttribute.WINDOW, "day");
        switch (scene.value(RoomAttribute.WINDOW)) {
            case "day" -> {
                ambient = new Colour(0.56, 0.58, 0.61);
                key = new Colour(0.30, 0.31, 0.32).times(strength);
            }
            case "night" -> {
                ambient = new Colour(0.275, 0.29, 0.335);
                key = new Colour(0.17, 0.17, 0.18).times(strength);
            }
            default -> {
                ambient = new Colour(0.40, 0.39, 0.375);
                key = new Colour(0.46, 0.44, 0.41).times(strength);
            }
        }
        toSun = new Vec(Nuisance.SUN_X.of(scene), Nuisance.SUN_Y.of(scene), 1).unit();
        bulb = Bedside.bulb(plan);
        double watts = plan.is(RoomAttribute.LAMP, "on") ? 0.58 * Nuisance.LAMP_STRENGTH.of(scene) : 0;
        glow = new Colour(1, 0.68, 0.36).times(watts);
        double warmth = Nuisance.WARMTH.of(scene);
        tint = new Colour(1 + warmth, 1, 1 - warmth).times(Nuisance.EXPOSURE.of(scene));
    }

    /** Turns the fragment's reflectance into the light that leaves it. */
    void shade(Fragment f, Surface.Finish finish) {
        double open = corners(f) * bodies(f, finish.body());
        double sky = (0.8 + 0.2 * f.ny) * open;
        double lambert = f.nx * toKey.x() + f.ny * toKey.y() + f.nz * toKey.z();
        double direct = Math.max(0, 0.25 + 0.75 * lambert) * (0.3 + 0.7 * open);
        double r = ambient.r() * sky + key.r() * direct;
        double g = ambient.g() * sky + key.g() * direct;
        double b = ambient.b() * sky + key.b() * direct;
        if (day) {
            double window = window(f) * open;
            double sun = sun(f);
            r += 0.85 * window + 1.15 * sun;
            g += 0.95 * window + 0.95 * sun;
            b += 1.05 * window + 0.66 * sun;
        }
        if (glow.r() > 0) {
            double lamp = lamp(f) * (0.35 + 0.65 * open);
            r += glow.r() * lamp;
            g += glow.g() * lamp;
            b += glow.b() * lamp;
        }
        f.r *= (r * (finish.glow() > 0 ? 0.25 : 1) + finish.glow()) * tint.r();
        f.g *= (g * (finish.glow() > 0 ? 0.25 : 1) + finish.glow()) * tint.g();
        f.b *= (b * (finish.glow() > 0 ? 0.25 : 1) + finish.glow()) * tint.b();
    }

    /** Ambient occlusion by the planes of the room that the surface does not lie in. */
    private static double corners(Fragment f) {
        double acrossX = 1 - f.nx * f.nx;
        double acrossY = 1 - f.ny * f.ny;
        double acrossZ = 1 - f.nz * f.nz;
        return (1 - acrossX * near(Plan.HALF - Math.abs(f.x)))
                * (1 - acrossY * near(f.y))
                * (1 - acrossY * near(Plan.HEIGHT - f.y))
                * (1 - acrossZ * near(-f.z));
    }

    private static double near(double distance) {
        double q = 1 / (1 + 9 * distance * distance);
        return 0.42 * q * q;
    }

    private double bodies(Fragment f, int self) {
        double open = 1;
        double x = f.x + 0.1 * leanX * f.ny;
        for (int i = 0; i < bodies.length; i++) {
            if (i == self) continue;
            Body body = bodies[i];
            double dx = Math.max(0, Math.max(body.low.x() - x, x - body.high.x()));
            double dy = Math.max(0, Math.max(body.low.y() - f.y, f.y - body.high.y()));
            double dz = Math.max(0, Math.max(body.low.z() - f.z, f.z - body.high.z()));
            double q = 1 / (1 + (dx * dx + dy * dy + dz * dz) / (body.reach * body.reach));
            open *= 1 - body.depth * q * q;
        }
        return open;
    }

    /** Form factor of the window as a small area light. */
    private double window(Fragment f) {
        double dx = plan.windowX - f.x;
        double dy = plan.windowY - f.y;
        double dz = -f.z;
        double d2 = dx * dx + dy * dy + dz * dz;
        double cosine = dx * f.nx + dy * f.ny + dz * f.nz;
        return cosine <= 0 ? 0 : 0.9 * cosine * dz / (d2 * d2 + 0.4);
    }

    /** 1 where the sun comes straight through a pane, 0 in the shade, soft between. */
    private double sun(Fragment f) {
        if (f.z > -0.05) return 0;
        double cosine = f.nx * toSun.x() + f.ny * toSun.y() + f.nz * toSun.z();
        if (cosine <= 0) return 0;
        double t = -f.z / toSun.z();
        double x = Math.abs(f.x + toSun.x() * t - plan.windowX);
        double y = Math.abs(f.y + toSun.y() * t - plan.windowY);
        double soft = 0.02 + 0.02 * t;
        return cosine
                * step((plan.windowWidth / 2 - 0.06 - x) / soft)
                * step((plan.windowHeight / 2 - 0.06 - y) / soft)
                * step((x - 0.035) / soft);
    }

    private static double step(double x) {
        double t = Math.min(1, Math.max(0, 0.5 + 0.5 * x));
        return t * t * (3 - 2 * t);
    }

    /** Bright in the cones above and below the shade, dim through it. */
    private double lamp(Fragment f) {
        double dx = bulb.x() - f.x;
        double dy = bulb.y() - f.y;
        double dz = bulb.z() - f.z;
        double d2 = dx * dx + dy * dy + dz * dz;
        double d = Math.sqrt(d2);
        double cosine = (dx * f.nx + dy * f.ny + dz * f.nz) / d;
        double open = 0.4 + 0.6 * step((Math.abs(dy) / d - 0.66) / 0.16);
        return Math.max(0, 0.2 + 0.8 * cosine) * open / (d2 + 0.12);
    }
}
