/**
 * Text-to-image models in one file, as the programs that trained them wrote it and as people pass them on: {@link
 * dev.calotype.checkpoint.original.OriginalFile} tells by names and shapes alone what a file is, and gives its networks with the names
 * and the settings that diffusers has for them. What no network wants is refused by its name.
 */
package dev.calotype.checkpoint.original;
