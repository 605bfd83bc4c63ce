package dev.calotype.data.rooms;

/** The point that one ray meets: scratch space of a renderer, overwritten for every ray. */
final class Fragment {
    /** Where it is in the room. */
    double x, y, z;
    /** Where it is on its surface, in metres from the surface's origin. */
    double u, v;
    /** The unit normal, towards the viewer. */
    double nx, ny, nz;
    /** First the reflectance, then the light that leaves it. */
    double r, g, b;

    void paint(Colour c) {
        r = c.r();
        g = c.g();
        b = c.b();
    }

    void paint(Colour a, Colour b, double share) {
        r = a.r() + (b.r() - a.r()) * share;
        g = a.g() + (b.g() - a.g()) * share;
        this.b = a.b() + (b.b() - a.b()) * share;
    }

    void scale(double s) {
        r *= s;
        g *= s;
        b *= s;
    }
}
