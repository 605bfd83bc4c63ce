/** Jobs that take pictures and texts to vectors: {@link dev.calotype.studio.embed.EmbedRoom} adds them. */
package dev.calotype.studio.embed;
