/** Jobs that restore pictures: {@link dev.calotype.studio.restore.RestoreRoom} adds them. */
package dev.calotype.studio.restore;
