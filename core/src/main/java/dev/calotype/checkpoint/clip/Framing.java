package dev.calotype.checkpoint.clip;

/** How a picture of any shape becomes the square that an image encoder sees. */
public enum Framing {
    /**
     * As torchvision, and so OpenAI and open_clip: the shorter side to size, and the central square; of an odd rest the half is
     * rounded to an even number of pixels.
     */
    TORCHVISION,
    /** As transformers: the same, with the half rounded down. */
    TRANSFORMERS,
    /** Both sides to size, whatever the proportions: SigLIP's. */
    STRETCHED
}
