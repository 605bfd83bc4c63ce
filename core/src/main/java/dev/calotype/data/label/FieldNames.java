package dev.calotype.data.label;

import java.util.List;

/** How lists and tables of pictures call their columns, in small letters; the first that is there counts. */
public final class FieldNames {
    /** The files that a list is about. */
    public static final List<String> FILES = List.of(
            "file_name",
            "file",
            "image",
            "filename",
            "image_id",
            "imageid",
            "id",
            "img",
            "image_name",
            "image_path",
            "img_path",
            "path",
            "filepath",
            "file_path",
            "fname",
            "name",
            "id_code");

    /** What they show. */
    public static final List<String> TEXTS = List.of("text", "caption", "captions");

    /** What they are. */
    public static final List<String> LABELS = List.of(
            "label",
            "labels",
            "class",
            "class_name",
            "class_id",
            "class_label",
            "category",
            "category_name",
            "target",
            "breed",
            "species",
            "label_name",
            "diagnosis",
            "fine_label");

    private FieldNames() {}
}
