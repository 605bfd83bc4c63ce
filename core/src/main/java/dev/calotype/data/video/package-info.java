/** Videos as samples of several pictures: {@link dev.calotype.data.video.ClipSettings} says which frames are seen. */
package dev.calotype.data.video;
