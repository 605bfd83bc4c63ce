/**
 * Jobs that draw: {@link dev.calotype.studio.draw.DrawRoom} adds them. Requests for one model in one way are drawn side by side; each
 * picture carries in its file what makes it again.
 */
package dev.calotype.studio.draw;
