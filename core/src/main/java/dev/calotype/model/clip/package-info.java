/**
 * Pictures and texts in one space: {@link dev.calotype.model.clip.Clip}, an image encoder out of {@code model.vit} and a {@link
 * dev.calotype.model.clip.TextTransformer}. Trained by the kind {@code clip}; files of others are read by {@code
 * checkpoint.clip}, among them {@link dev.calotype.model.clip.MultilingualText}, which reads texts of many languages and is not trained here.
 */
package dev.calotype.model.clip;
