package dev.calotype.data.rooms;

/** The bed: headboard, mattress, pillows, blanket over the foot. */
final class Bed {
    private final Room room;
    private final Plan plan;
    private final RoomScene scene;

    Bed(Room room) {
        this.room = room;
        plan = room.plan;
        scene = plan.scene;
    }

    void build() {
        double half = plan.bedWidth / 2;
        double x0 = plan.bedX - half;
        double x1 = plan.bedX + half;
        double foot = -plan.bedLength;
        Texture frame = Texture.wood(Paint.of(scene, RoomAttribute.BED_FRAME));
        int head = room.body(new Vec(x0 - 0.03, 0, -0.09), new Vec(x1 + 0.03, plan.headboard, -0.02), 0.16, 0.5);
        int bed = room.body(new Vec(x0, 0.06, foot), new Vec(x1, plan.bedHeight, -0.1), 0.3, 0.72);
        room.box(
                new Vec(x0 - 0.04, 0.05, -0.1),
                new Vec(x1 + 0.04, plan.headboard, -0.02),
                frame,
                new Surface.Finish(head, 0, 0.03, 0.03));
        room.box(
                new Vec(x0 - 0.02, 0.07, foot - 0.01),
                new Vec(x1 + 0.02, 0.26, -0.1),
                frame,
                new Surface.Finish(bed, 0, 0, 0));
        Texture sheet = Texture.plain(Paint.LINEN).folded(0.12);
        Surface.Finish soft = new Surface.Finish(bed, 0, 0.07, 0.07);
        room.box(new Vec(x0, 0.24, foot + 0.02), new Vec(x1, plan.bedHeight - 0.03, -0.1), sheet, soft);
        pillows(bed, sheet);
        blanket(x0 - 0.025, x1 + 0.025, foot - 0.03, bed);
    }

    private void pillows(int bed, Texture sheet) {
        int count = plan.is(RoomAttribute.BED_SIZE, "double") ? 2 : 1;
        double share = plan.bedWidth / count;
        double w = Math.min(share - 0.06, 0.74);
        double h = 0.44;
        double lean = 0.55;
        Vec up = new Vec(0, lean, 1 - lean * 0.4).unit();
        for (int i = 0; i < count; i++) {
            double x = plan.bedX - plan.bedWidth / 2 + (i + 0.5) * share + 0.4 * Nuisance.PILLOW.of(scene);
            room.add(new Surface(
                    new Vec(x - w / 2, plan.bedHeight - 0.01, -0.5),
                    Vec.X,
                    up,
                    Surface.round(w, h, 0.45),
                    sheet,
                    new Surface.Finish(bed, 0, 0.24, 0.17)));
        }
    }

    /** Top, visible side and front; the pattern runs over the edges. */
    private void blanket(double x0, double x1, double z, int bed) {
        double top = plan.bedHeight + 0.015;
        double length = plan.bedLength + 0.03 - 0.62;
        double drop = top - 0.2;
        double w = x1 - x0;
        Texture cloth = pattern();
        Texture fold = Texture.plain(Paint.LINEN).folded(0.12);
        Surface.Finish soft = new Surface.Finish(bed, 0, 0.09, 0.09);
        double band = 0.17;
        for (double x : new double[] {x0, x1}) {
            boolean seen = x == x0 ? room.camera.eye.x() < x0 : room.camera.eye.x() > x1;
            if (!seen) continue;
            Vec corner = new Vec(x, top - drop, z);
            room.add(new Surface(
                    corner, Vec.Y, Vec.Z, Surface.rectangle(drop, length), beside(cloth, x == x0 ? 0 : w, drop), soft));
            room.add(new Surface(
                    corner.plus(Vec.Z.times(length)), Vec.Y, Vec.Z, Surface.rectangle(drop, band), fold, soft));
        }
        Vec corner = new Vec(x0, top, z);
        room.add(new Surface(corner.plus(Vec.Z.times(length)), Vec.X, Vec.Z, Surface.rectangle(w, band), fold, soft));
        room.add(new Surface(corner, Vec.X, Vec.Z, Surface.rectangle(w, length), cloth, soft));
        Vec low = new Vec(x0, top - drop, z);
        room.add(new Surface(low, Vec.X, Vec.Y, Surface.rectangle(w, drop), below(cloth, drop), soft));
    }

    /** The cloth of the top as it goes on down the foot. */
    private static Texture below(Texture cloth, double drop) {
        return f -> {
            f.v -= drop;
            cloth.paint(f);
        };
    }

    /** The cloth of the top as it goes on down the side that starts at u = edge. */
    private static Texture beside(Texture cloth, double edge, double drop) {
        double sign = edge == 0 ? 1 : -1;
        return f -> {
            f.u = edge + sign * (f.u - drop);
            cloth.paint(f);
        };
    }

    private Texture pattern() {
        Colour ground = Paint.of(scene, RoomAttribute.BLANKET);
        double phase = Nuisance.PATTERN_PHASE.of(scene);
        Texture cloth =
                switch (scene.value(RoomAttribute.BLANKET_PATTERN)) {
                    case "striped" -> Texture.stripes(ground, Paint.LINEN, new Texture.Pitch(0.34, 1, phase));
                    case "dotted" -> Texture.dots(ground, Paint.LINEN, new Texture.Pitch(0.36, 0.34, phase));
                    default -> Texture.plain(ground);
                };
        return cloth.folded(0.16);
    }
}
