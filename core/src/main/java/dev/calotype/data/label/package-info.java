/**
 * What is said of pictures: their classes, their captions, and which part of a data set they belong to.
 *
 * <p>{@link dev.calotype.data.label.LabelRule} says where labels come from, {@link dev.calotype.data.label.Labels} are the
 * classes of a list of pictures, and {@link dev.calotype.data.label.Annotations} asks all places in turn: a file beside a
 * picture, a list ({@link dev.calotype.data.label.Lists}), the name of its folder. {@link dev.calotype.data.label.Split}
 * recognises training, validation and test parts by their names.
 *
 * <p><b>To extend.</b> A list in another form is another {@link dev.calotype.data.label.PictureRows}; its name belongs to
 * {@link dev.calotype.data.store.ListNames}.
 */
package dev.calotype.data.label;
