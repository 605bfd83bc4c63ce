/**
 * Values by name in Java memory: what is known of samples. A sample, a batch, what a network is told beside its input and
 * what somebody asks a model for are all {@link dev.calotype.column.Columns}; they differ in which columns they have.
 *
 * <p>The usual names are constants of {@link dev.calotype.column.Columns}: image, video, latent, embedding, label, soft-label,
 * caption, attributes. A kind of model may have others of its own.
 *
 * <p><b>To extend.</b> A new thing that samples know is a name, not a class: its values are bytes, floats, whole numbers,
 * texts or facts ({@link dev.calotype.column.Column}).
 */
package dev.calotype.column;
