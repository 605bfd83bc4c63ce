package dev.calotype.experiment;

/**
 * Something that a trained model can do: asked for by what it is, whatever the kind of the model.
 *
 * @param type what the opened model is if it can
 * @param does what it does, in the third person
 */
public record Capability<T extends TrainedModel>(Class<T> type, String does) {
    /** Draws images from random starts. */
    public static final Capability<DrawsImages> DRAWS_IMAGES = new Capability<>(DrawsImages.class, "draws images");

    /** Draws what lies between two images. */
    public static final Capability<WalksBetween> WALKS_BETWEEN =
            new Capability<>(WalksBetween.class, "walks between two images");

    /** Bounds the likelihood of images. */
    public static final Capability<TellsLikelihood> TELLS_LIKELIHOOD =
            new Capability<>(TellsLikelihood.class, "tells a likelihood");

    /** Knows what pictures look like, so that damaged ones can be restored. */
    public static final Capability<RestoresPictures> RESTORES_PICTURES =
            new Capability<>(RestoresPictures.class, "restores pictures");

    /** Finds the image of its own that is nearest to a picture. */
    public static final Capability<ProjectsPictures> PROJECTS_PICTURES =
            new Capability<>(ProjectsPictures.class, "has styles");

    /** Reads images for a judge. */
    public static final Capability<ServesJudges> SERVES_JUDGES = new Capability<>(ServesJudges.class, "serves judges");

    /** Puts pictures and texts into one space. */
    public static final Capability<EncodesPicturesAndTexts> ENCODES_PICTURES_AND_TEXTS =
            new Capability<>(EncodesPicturesAndTexts.class, "encodes pictures and texts");

    /** Predicts the vectors of pictures from texts. */
    public static final Capability<PredictsEmbeddings> PREDICTS_EMBEDDINGS =
            new Capability<>(PredictsEmbeddings.class, "predicts embeddings");

    /** Names what is in a picture. */
    public static final Capability<NamesClasses> NAMES_CLASSES = new Capability<>(NamesClasses.class, "names classes");

    /** Draws images of vectors. */
    public static final Capability<DrawsFromEmbeddings> DRAWS_FROM_EMBEDDINGS =
            new Capability<>(DrawsFromEmbeddings.class, "draws images of embeddings");

    /** Draws large images of small pictures. */
    public static final Capability<EnlargesPictures> ENLARGES_PICTURES =
            new Capability<>(EnlargesPictures.class, "enlarges pictures");
}
