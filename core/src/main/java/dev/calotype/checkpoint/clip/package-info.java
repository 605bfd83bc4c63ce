/**
 * Encoders of pictures and texts out of files of others: {@link dev.calotype.checkpoint.clip.PretrainedClip#open} reads the folder of
 * a {@code CLIPModel} or {@code SiglipModel} of transformers, that of an open_clip model, or a file of OpenAI's. The shape of the
 * network is that of its weights; the config tells only what weights do not.
 */
package dev.calotype.checkpoint.clip;
