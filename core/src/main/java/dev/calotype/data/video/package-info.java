/**
 * Videos as pictures that follow each other. {@link dev.calotype.data.video.Video} is one, {@link dev.calotype.data.video.ClipFiles} finds
 * those of a folder, {@link dev.calotype.data.video.ClipSettings} says which frames are seen.
 *
 * <p>{@code Footage} is what a video is made of: {@code VideoFootage} decodes files by FFmpeg ({@code VideoStream}), {@code PictureFootage} reads picture files. {@code Moments} chooses frames by the times of a {@code Timeline}. To read another
 * container, add its name to {@code VideoStream.CONTAINERS} and its extension to {@code data.store.VideoNames}.
 */
package dev.calotype.data.video;
