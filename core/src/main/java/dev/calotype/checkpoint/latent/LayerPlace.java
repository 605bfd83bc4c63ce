package dev.calotype.checkpoint.latent;

/**
 * Where a weight of a network of diffusers or transformers stands in ours, which makes one matrix of what looks at the same tokens.
 *
 * @param weight our name
 * @param part which of its equal parts, by rows, from 0
 * @param parts how many there are
 */
public record LayerPlace(String weight, int part, int parts) {
    /** The place of a weight of a U-Net that diffusers calls so. */
    public static LayerPlace of(String theirs) {
        return LayerNames.placed(theirs);
    }

    /** The place of a weight of a transformer that diffusers calls so. */
    public static LayerPlace ofTransformer(String theirs) {
        return TransformerNames.placed(theirs);
    }
}
