package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;

/** What stands on the floor beside the bed: nightstand with lamp, potted plant. */
final class Bedside {
    private static final double LAMP_Z = -0.27;

    private final Room room;
    private final Plan plan;
    private final RoomScene scene;

    Bedside(Room room) {
        this.room = room;
        plan = room.plan;
        scene = plan.scene;
    }

    /** The middle of the lamp's bulb. */
    static Vec bulb(Plan plan) {
        return new Vec(plan.standX, plan.standHeight + 0.42 * Nuisance.LAMP_SIZE.of(plan.scene), LAMP_Z);
    }

    void build() {
        nightstand();
        lamp();
        if (plan.is(RoomAttribute.PLANT, "potted")) plant();
    }

    private void nightstand() {
        double x = plan.standX;
        double h = plan.standHeight;
        Texture wood = Texture.wood(Paint.of(scene, RoomAttribute.BED_FRAME));
        int body = room.body(new Vec(x - 0.21, 0.05, -0.44), new Vec(x + 0.21, h, -0.03), 0.22, 0.65);
        Surface.Finish finish = new Surface.Finish(body, 0, 0.015, 0.015);
        room.box(new Vec(x - 0.21, 0.06, -0.44), new Vec(x + 0.21, h, -0.03), wood, finish);
        double drawer = (h - 0.16) / 2;
        for (int i = 0; i < 2; i++) {
            Vec low = new Vec(x - 0.18, 0.1 + i * (drawer + 0.03), -0.442);
            room.add(Room.upright(low, 0.36, drawer, f -> {
                        wood.paint(f);
                        f.scale(0.86);
                    })
                    .with(finish));
            Vec knob = low.plus(new Vec(0.16, drawer / 2 - 0.02, -0.003));
            room.add(new Surface(
                    knob, Vec.X, Vec.Y, Surface.round(0.04, 0.04, 1), Texture.plain(Colour.srgb(0x9A8F7C)), finish));
        }
    }

    private void lamp() {
        double size = Nuisance.LAMP_SIZE.of(scene);
        Vec foot = new Vec(plan.standX, plan.standHeight, LAMP_Z);
        Texture brass = Texture.plain(Colour.srgb(0x8A7350));
        room.add(Room.turned(foot, new double[] {0.17, 0.1}, 0.04, brass, Surface.MATT));
        room.add(Room.turned(
                foot.plus(Vec.Y.times(0.04)), new double[] {0.035, 0.035}, 0.2 * size, brass, Surface.MATT));
        Colour c = Paint.of(scene, RoomAttribute.LAMP_SHADE);
        double h = 0.44 * size;
        boolean on = plan.is(RoomAttribute.LAMP, "on");
        Texture shade = hemmed(on ? lit(c, h) : Texture.plain(c), h);
        Surface.Finish finish = new Surface.Finish(Surface.FREE, on ? 1.1 : 0, 0, 0);
        room.add(Room.turned(
                foot.plus(Vec.Y.times(0.22 * size)), new double[] {0.57 * size, 0.38 * size}, h, shade, finish));
    }

    /** Cloth lit from within: brightest round the bulb. */
    private static Texture lit(Colour c, double h) {
        Colour through = c.mix(new Colour(1, 0.75, 0.42), 0.05);
        return f -> {
            double t = f.v / h - 0.45;
            f.paint(through);
            f.scale(1.3 - 2 * t * t);
        };
    }

    /** Darker at both rims. */
    private static Texture hemmed(Texture cloth, double h) {
        return f -> {
            cloth.paint(f);
            if (Math.min(f.v, h - f.v) < 0.018) f.scale(0.55);
        };
    }

    private void plant() {
        double size = Nuisance.PLANT_SIZE.of(scene);
        double h = 0.3 * size;
        Vec foot = new Vec(plan.plantX, 0, -0.34);
        room.body(foot.plus(new Vec(-0.13, 0, -0.12)), foot.plus(new Vec(0.13, h, 0.12)), 0.16, 0.55);
        Rng rng = Nuisance.stream(scene, 101);
        int leaves = 13;
        Colour green = Colour.srgb(0x3A7F35);
        for (int i = 0; i < leaves; i++) {
            double turn = (i * 5 % leaves + 0.6 * rng.nextDouble()) / leaves;
            double angle = StrictMath.PI * (0.1 + 0.8 * turn);
            double length = size * (0.44 + 0.2 * rng.nextDouble() + 0.12 * StrictMath.sin(angle));
            Vec along = new Vec(StrictMath.cos(angle), StrictMath.sin(angle), -0.25 + 0.5 * rng.nextDouble()).unit();
            Vec across = along.cross(Vec.Z).unit();
            double w = 0.15 * size;
            Colour tone =
                    green.mix(Colour.srgb(0x93BE54), rng.nextDouble() * 0.7).jitter(rng);
            Texture leaf = f -> f.paint(tone, Paint.WHITE, Math.abs(f.u - w / 2) < 0.004 ? 0.25 : 0);
            Vec start = foot.plus(Vec.Y.times(h * 0.9)).minus(across.times(w / 2));
            room.add(new Surface(
                    start,
                    across,
                    along,
                    Surface.round(w, length, 1.25),
                    leaf,
                    new Surface.Finish(Surface.FREE, 0, w / 2, 0)));
        }
        Texture clay = Texture.plain(Colour.srgb(0xE2DCD0));
        room.add(Room.turned(
                foot.plus(new Vec(0, 0, -0.1)), new double[] {0.22 * size, 0.32 * size}, h, clay, Surface.MATT));
    }
}
