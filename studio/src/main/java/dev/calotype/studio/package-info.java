/**
 * A studio: pages in a browser and an API of the web for what the library does, in one process. {@link dev.calotype.studio.Studio} is
 * started with {@link dev.calotype.studio.StudioSettings}; {@code calotype studio} does nothing else.
 */
package dev.calotype.studio;
