package dev.calotype.restoration.scratch;

/**
 * What is narrower than a square and brighter than what surrounds it (the white top-hat of mathematical morphology, Serra 1982), and how
 * much it stands out from the fine texture around.
 *
 * @param height of each pixel over its surroundings, in levels of 255
 * @param contrast the same as a multiple of what is usual around it, at most {@link #MOST}
 */
record ThinStructure(Plane height, Plane contrast) {
    static final float MOST = 8;

    private static final int AROUND = 24; // pixels each way
    private static final float CAP = 24; // levels: a scratch counts as texture no more than that
    private static final float LEAST = 3; // levels of texture
    private static final float SHARP = 0.7f; // of the height

    /**
     * Without what is soft, as folds and shades are: the picture must climb most of the height within a few pixels.
     *
     * @param radius half the width of what is no longer thin
     */
    static ThinStructure of(Plane light, int radius) {
        Plane opened = light.extreme(radius, -1).extreme(radius, 1);
        int near = Math.max(1, 2 * radius / 3);
        Plane most = light.extreme(near, 1), least = light.extreme(near, -1);
        int count = light.values().length;
        float[] height = new float[count], capped = new float[count], contrast = new float[count];
        for (int i = 0; i < count; i++) {
            height[i] = light.values()[i] - opened.values()[i];
            capped[i] = Math.min(CAP, height[i]);
            if (most.values()[i] - least.values()[i] < SHARP * height[i]) height[i] = 0;
        }
        Plane usual = new Plane(light.width(), light.height(), capped).mean(AROUND);
        for (int i = 0; i < count; i++) contrast[i] = Math.min(MOST, height[i] / (usual.values()[i] + LEAST));
        return new ThinStructure(
                new Plane(light.width(), light.height(), height), new Plane(light.width(), light.height(), contrast));
    }
}
