/**
 * What videos and pictures of HEIF share: FFmpeg's libraries ({@link dev.calotype.ffmpeg.Ffmpeg}), the colours of what they decode
 * ({@link dev.calotype.ffmpeg.FrameColours}, {@link dev.calotype.ffmpeg.Rgba}) and how it is to be turned
 * ({@link dev.calotype.ffmpeg.DisplayMatrix}); and files of HEIF in memory ({@link dev.calotype.ffmpeg.HeifSource}), whose tables are checked
 * first ({@link dev.calotype.ffmpeg.HeifItems}).
 */
package dev.calotype.ffmpeg;
