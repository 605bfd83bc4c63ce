package dev.calotype.checkpoint.original;

/** What a file of one piece can be. */
public enum Family {
    /** Stable Diffusion 1: the text encoder of CLIP ViT-L/14, normalised at its end. */
    SD1("Stable Diffusion 1", 0.18215),
    /** Stable Diffusion 2: that of OpenCLIP ViT-H/14 without its last block. */
    SD2("Stable Diffusion 2", 0.18215),
    /** Stable Diffusion XL: CLIP ViT-L/14 and OpenCLIP ViT-bigG/14. */
    XL("Stable Diffusion XL", 0.13025),
    /** The refiner of XL: OpenCLIP ViT-bigG/14 alone. */
    XL_REFINER("the refiner of Stable Diffusion XL", 0.13025),
    /** Stable Diffusion 3 and 3.5: CLIP ViT-L/14, OpenCLIP ViT-bigG/14 and T5, and a transformer. */
    SD3("Stable Diffusion 3", 1.5305);

    private final String title;
    private final double scale;

    Family(String title, double scale) {
        this.title = title;
        this.scale = scale;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** What latents are multiplied by, which files do not tell. */
    double scale() {
        return scale;
    }

    /** What is taken from latents, which files do not tell either. */
    double shift() {
        return this == SD3 ? 0.0609 : 0;
    }

    /** Whether it is one of XL. */
    public boolean xl() {
        return this == XL || this == XL_REFINER;
    }
}
