package dev.calotype.data.rooms;

/** Gives a fragment its reflectance from its place (u, v) in metres on the surface. */
interface Texture {
    void paint(Fragment f);

    static Texture plain(Colour c) {
        return f -> f.paint(c);
    }

    /** Plaster: hardly uneven. */
    static Texture plaster(Colour c) {
        return f -> {
            f.paint(c);
            f.scale(0.97 + 0.06 * Noise.smooth(f.u * 2.5, f.v * 2.5));
        };
    }

    /** Boards along v, each with its own tone and a grain. */
    static Texture planks(Colour c, double width) {
        return f -> {
            double across = f.u / width;
            int board = (int) Math.floor(across);
            double along = f.v / 1.4 + Noise.hash(board, 7);
            int piece = (int) Math.floor(along);
            double tone = 0.8 + 0.36 * Noise.hash(board, piece);
            double grain = 0.88 + 0.24 * Noise.smooth(across * 5 + board * 9, f.v * 1.3);
            double gap = Math.min(Math.min(across - board, board + 1 - across) * width, (along - piece) * 1.4);
            f.paint(c);
            f.scale(tone * grain * (gap < 0.006 ? 0.6 : 1));
        };
    }

    /** Solid wood with a grain along u. */
    static Texture wood(Colour c) {
        return f -> {
            f.paint(c);
            f.scale(0.88 + 0.24 * Noise.smooth(f.u * 2, f.v * 22 + 3 * Noise.smooth(f.u * 1.5, f.v * 3)));
        };
    }

    /** Cut pile: fine grain and faint trodden patches. */
    static Texture carpet(Colour c) {
        return f -> {
            f.paint(c);
            f.scale(0.84 + 0.2 * Noise.smooth(f.u * 60, f.v * 60) + 0.12 * Noise.smooth(f.u * 3, f.v * 3));
        };
    }

    /** Square tiles in two colours. */
    static Texture tiles(Colour a, Colour b, double side) {
        return f -> {
            double s = f.u / side;
            double t = f.v / side;
            int i = (int) Math.floor(s);
            int j = (int) Math.floor(t);
            f.paint((i + j & 1) == 0 ? a : b);
            double edge = Math.min(Math.min(s - i, i + 1 - s), Math.min(t - j, j + 1 - t)) * side;
            f.scale((0.94 + 0.12 * Noise.hash(i, j)) * (edge < 0.008 ? 0.75 : 1));
        };
    }

    /** Bands along v. */
    static Texture stripes(Colour ground, Colour band, Pitch pitch) {
        return f -> {
            double s = f.u / pitch.u() + pitch.phase();
            f.paint(s - Math.floor(s) < 0.5 ? band : ground);
        };
    }

    /** Discs on a staggered grid. */
    static Texture dots(Colour ground, Colour disc, Pitch pitch) {
        return f -> {
            double t = f.v / pitch.v() + pitch.phase();
            int row = (int) Math.floor(t);
            double s = f.u / pitch.u() + pitch.phase() + 0.5 * (row & 1);
            double du = (s - Math.floor(s) - 0.5) * pitch.u();
            double dv = (t - row - 0.5) * pitch.v();
            f.paint(du * du + dv * dv < 0.0784 * pitch.u() * pitch.v() ? disc : ground);
        };
    }

    /** How far a pattern repeats along each axis, in metres, and where in its period it starts, 0..1. */
    record Pitch(double u, double v, double phase) {}

    /** A border of that width around a field of w x h metres. */
    static Texture bordered(Texture field, Colour border, double[] wh, double width) {
        return f -> {
            double edge = Math.min(Math.min(f.u, wh[0] - f.u), Math.min(f.v, wh[1] - f.v));
            field.paint(f);
            if (edge < width && edge > width * 0.35) f.paint(border);
        };
    }

    /** From one colour at v = 0 to another at v = height. */
    static Texture gradient(Colour bottom, Colour top, double height) {
        return f -> f.paint(bottom, top, Math.min(1, Math.max(0, f.v / height)));
    }

    /** This texture with the soft folds of cloth. */
    default Texture folded(double depth) {
        return f -> {
            paint(f);
            f.scale(1
                    + depth * (Noise.smooth(f.u * 3.1 + f.v * 1.7, f.v * 2.3 - f.u) - 0.5)
                    + 0.4 * depth * (Noise.smooth(f.u * 9 - f.v * 4, f.v * 6 + 11) - 0.5));
        };
    }
}
