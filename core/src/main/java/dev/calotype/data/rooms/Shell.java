package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;

/** Floor, walls, ceiling and what is flat on them: rug, window, picture. */
final class Shell {
    private static final Colour CEILING = Colour.srgb(0xF0EEEA);
    private static final Colour GROUT = Colour.srgb(0x35353A);
    /** How far the room comes towards the camera, short of it. */
    private static final double FRONT = 4.4;

    private final Room room;
    private final Plan plan;
    private final RoomScene scene;

    Shell(Room room) {
        this.room = room;
        plan = room.plan;
        scene = plan.scene;
    }

    void build() {
        shell();
        if (!plan.is(RoomAttribute.RUG, "none")) rug();
        if (!plan.is(RoomAttribute.WINDOW, "none")) window();
        if (!plan.is(RoomAttribute.PICTURE, "none")) picture();
    }

    private void shell() {
        double w = 2 * Plan.HALF;
        double h = Plan.HEIGHT;
        Texture wall = Texture.plaster(Paint.of(scene, RoomAttribute.WALL));
        Texture white = Texture.plain(CEILING);
        Vec left = new Vec(-Plan.HALF, 0, -FRONT);
        Vec right = new Vec(Plan.HALF, 0, -FRONT);
        Vec back = new Vec(-Plan.HALF, 0, 0);
        face(left.plus(new Vec(0, h, 0)), Vec.X, Vec.Z, w, FRONT, white);
        face(left, Vec.X, Vec.Z, w, FRONT, floor());
        face(left, Vec.Z, Vec.Y, FRONT, h, wall);
        face(right, Vec.Z, Vec.Y, FRONT, h, wall);
        face(back, Vec.X, Vec.Y, w, h, wall);
        face(left, Vec.Z, Vec.Y, FRONT, 0.09, white);
        face(right, Vec.Z, Vec.Y, FRONT, 0.09, white);
        face(back, Vec.X, Vec.Y, w, 0.09, white);
    }

    private void face(Vec origin, Vec u, Vec v, double w, double h, Texture texture) {
        room.add(new Surface(origin, u, v, Surface.rectangle(w, h), texture, Surface.MATT));
    }

    private Texture floor() {
        Colour c = Paint.of(scene, RoomAttribute.FLOOR);
        return switch (scene.value(RoomAttribute.FLOOR)) {
            case "grey carpet" -> Texture.carpet(c);
            case "checkered tiles" -> Texture.tiles(c, GROUT, 0.45);
            default -> Texture.planks(c, 0.16);
        };
    }

    private void rug() {
        double margin = 0.4 * Nuisance.RUG_SIZE.of(scene);
        double w = plan.bedWidth + 2 * margin;
        double d = plan.bedLength - 0.75 + margin;
        double x = plan.bedX + (plan.is(RoomAttribute.BED_POSITION, "centre") ? 0 : plan.side * margin);
        Colour c = Paint.of(scene, RoomAttribute.RUG);
        Texture texture =
                Texture.bordered(Texture.carpet(c), c.mix(Paint.LINEN, 0.45).times(0.7), new double[] {w, d}, 0.09);
        Vec origin = new Vec(x + Nuisance.RUG_X.of(scene) - w / 2, 0.012, -plan.bedLength - margin);
        room.add(new Surface(origin, Vec.X, Vec.Z, Surface.rectangle(w, d), texture, Surface.MATT));
    }

    private void window() {
        double w = plan.windowWidth;
        double h = plan.windowHeight;
        Vec low = new Vec(plan.windowX - w / 2, plan.windowY - h / 2, 0);
        Texture white = Texture.plain(Paint.WHITE);
        double bar = 0.07;
        room.box(low.plus(new Vec(0, 0, -0.03)), low.plus(new Vec(w, h, 0)), white, Surface.MATT);
        boolean day = plan.is(RoomAttribute.WINDOW, "day");
        double pane = (w - 3 * bar) / 2;
        double tall = h - 2 * bar;
        for (int i = 0; i < 2; i++) {
            Vec corner = low.plus(new Vec(bar + i * (pane + bar), bar, -0.031));
            Surface glass = Room.upright(corner, pane, tall, day ? sky(tall) : night(i));
            room.add(glass.with(new Surface.Finish(Surface.FREE, 1, 0, 0)));
        }
        room.box(low.plus(new Vec(-0.06, -0.05, -0.14)), low.plus(new Vec(w + 0.06, -0.01, 0)), white, Surface.MATT);
    }

    private Texture sky(double tall) {
        Colour zenith = new Colour(0.42, 0.72, 1.35);
        Colour haze = new Colour(1.1, 1.2, 1.3);
        Colour trees = new Colour(0.16, 0.26, 0.1);
        double horizon = Nuisance.HORIZON.of(scene) * tall;
        return f -> {
            double crown = horizon + 0.16 * (Noise.smooth(f.x * 7, 3) - 0.5) + 0.05 * Noise.smooth(f.x * 40, 5);
            if (f.v < crown) f.paint(trees, haze, 0.15 + 0.5 * Noise.smooth(f.x * 22, f.v * 22) * f.v / tall);
            else f.paint(haze, zenith, Math.min(1, (f.v - crown) / tall * 1.3));
        };
    }

    private Texture night(int pane) {
        Colour zenith = new Colour(0.006, 0.010, 0.035);
        Colour glow = new Colour(0.02, 0.03, 0.085);
        double moonX = 0.2;
        double moonY = 0.72;
        return f -> {
            f.paint(glow, zenith, Math.min(1, f.v * 1.2));
            double dx = f.u - moonX;
            double dy = f.v - moonY;
            if (pane == 1 && dx * dx + dy * dy < 0.003) f.paint(Paint.WHITE);
        };
    }

    private void picture() {
        double s = 0.98 * Nuisance.PICTURE_SIZE.of(scene);
        Vec centre = new Vec(plan.bedX + Nuisance.PICTURE_X.of(scene), 1.8 + Nuisance.PICTURE_Y.of(scene), -0.03);
        Rng rng = Nuisance.stream(scene, 100);
        Colour mat = Colour.srgb(0xF6F1E6);
        Colour frame = Colour.srgb(0x2A1C14);
        Colour land = Colour.srgb(0x3E5F66).jitter(rng);
        Colour air = Colour.srgb(0xD9A066).mix(Colour.srgb(0x9FC0C8), rng.nextDouble());
        double inner = 0.4 * s;
        double ridge = 0.2 + 0.2 * rng.nextDouble();
        int relief = rng.nextInt(1000);
        Texture painting =
                f -> f.paint(f.v < inner * (ridge + 0.4 * Noise.smooth(f.u * 6 + relief, relief)) ? land : air);
        hang(centre, s, Texture.plain(frame));
        hang(centre.plus(new Vec(0, 0, -0.004)), 0.76 * s, Texture.plain(mat));
        hang(centre.plus(new Vec(0, 0, -0.008)), inner, painting);
        room.body(
                centre.plus(new Vec(-0.36 * s, -0.45 * s, 0.01)),
                centre.plus(new Vec(0.36 * s, 0.2 * s, 0.02)),
                0.1,
                0.4);
    }

    private void hang(Vec centre, double s, Texture texture) {
        double[] outline =
                switch (scene.value(RoomAttribute.PICTURE)) {
                    case "round" -> Surface.round(s, s, 1);
                    case "square" -> Surface.rectangle(s, s);
                    default -> triangle(s);
                };
        room.add(new Surface(centre.plus(new Vec(-s / 2, -s / 2, 0)), Vec.X, Vec.Y, outline, texture, Surface.MATT));
    }

    /** Equilateral about the centre of the s x s square, apex up. */
    private static double[] triangle(double s) {
        double r = 0.66 * s;
        double a = r * 0.866;
        return new double[] {s / 2 - a, s * 0.42 - r / 2, s / 2 + a, s * 0.42 - r / 2, s / 2, s * 0.42 + r};
    }
}
