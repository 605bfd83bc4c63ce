/** Pictures that were sent to a studio: {@link dev.calotype.studio.upload.Uploads}. */
package dev.calotype.studio.upload;
