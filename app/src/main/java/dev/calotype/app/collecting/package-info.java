/** Collecting pictures from the web: the command {@code collect}, which needs no engine. */
package dev.calotype.app.collecting;
