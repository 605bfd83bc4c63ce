"""Small videos of every kind that is read, and what PyAV and Pillow see in them.

    python golden_video.py core/src/test/resources/video

writes the files and golden.json beside them: for each file the times of its frames in seconds and the mean colours of the four quarters of
each frame. The pictures are made here: a red, a green and a blue quarter, and one whose grey tells the number of the frame.
"""

import fractions
import json
import struct
import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image

OUT = Path(sys.argv[1])
WIDTH, HEIGHT = 64, 48
COLOURS = [(208, 48, 32), (32, 191, 64), (48, 64, 200)]


def picture(number, width=WIDTH, height=HEIGHT):
    rgb = np.zeros((height, width, 3), np.uint8)
    h, w = height // 2, width // 2
    rgb[:h, :w], rgb[:h, w:], rgb[h:, :w] = COLOURS
    rgb[h:, w:] = 20 + 10 * number
    return rgb


def write(name, codec, frames=8, pix_fmt="yuv420p", space=None, full=False, size=(WIDTH, HEIGHT), pts=None, options=None, tag=True):
    with av.open(str(OUT / name), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = fractions.Fraction(1, 1000 if pts else 25)
        if tag and space:
            stream.codec_context.colorspace = {"bt709": 1, "bt601": 6}[space]
        if full:
            stream.codec_context.color_range = 2
        for i in range(frames):
            rgb = av.VideoFrame.from_ndarray(picture(i, *size), format="rgb24")
            frame = rgb.reformat(
                format=pix_fmt,
                src_colorspace="ITU601",
                dst_colorspace="ITU709" if space == "bt709" else "ITU601",
                src_color_range="JPEG",
                dst_color_range="JPEG" if full else "MPEG",
            )
            frame.pts = pts[i] if pts else i
            frame.time_base = stream.codec_context.time_base
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def rotated(name, source):
    """The same file whose track header says that it is to be turned by 90 degrees clockwise."""
    data = (OUT / source).read_bytes()
    upright = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    at = data.rindex(upright, 0, data.index(b"mdia"))
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    (OUT / name).write_bytes(data[:at] + turned + data[at + 36 :])


def cut(name, source, first):
    """Packets from the middle on, without encoding anew: what the header counts is not what can be decoded."""
    with av.open(str(OUT / source)) as old, av.open(str(OUT / name), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for i, packet in enumerate(old.demux(old.streams.video[0])):
            if packet.dts is None or i < first:
                continue
            packet.stream = stream
            new.mux(packet)


def quarters(rgb):
    h, w = rgb.shape[0] // 2, rgb.shape[1] // 2
    inner = [rgb[4 : h - 4, 4 : w - 4], rgb[4 : h - 4, w + 4 : -4], rgb[h + 4 : -4, 4 : w - 4], rgb[h + 4 : -4, w + 4 : -4]]
    return [[round(float(v), 2) for v in part.reshape(-1, 3).mean(0)] for part in inner]


def seen(name, space=None, full=False):
    times, means, size = [], [], None
    with av.open(str(OUT / name)) as container:
        counted = container.streams.video[0].frames
        for frame in container.decode(video=0):
            times.append(float(frame.time))
            explicit = {} if space is None else {"src_colorspace": "ITU709" if space == "bt709" else "ITU601"}
            rgb = frame.reformat(format="rgb24", dst_color_range="JPEG", **explicit).to_ndarray()
            size = [rgb.shape[1], rgb.shape[0]]
            means.append(quarters(rgb))
    return {"header": counted, "size": size, "times": [round(t - times[0], 4) for t in times], "means": means}


def animations():
    frames = [Image.fromarray(picture(i)) for i in range(5)]
    delays = [0, 10, 20, 50, 200]
    frames[0].save(OUT / "animation.gif", save_all=True, append_images=frames[1:], duration=delays, loop=0)
    clear = []
    for i in range(4):
        rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        rgba[4 * i : 4 * i + 24, 8 * i : 8 * i + 24] = (200, 40 * i, 30, 255 - 50 * i)
        clear.append(Image.fromarray(rgba))
    clear[0].save(
        OUT / "animation.webp", save_all=True, append_images=clear[1:], duration=[40, 80, 10, 60], lossless=True, minimize_size=True
    )
    means = []
    with Image.open(OUT / "animation.webp") as image:
        for i in range(image.n_frames):
            image.seek(i)
            rgba = np.asarray(image.convert("RGBA")).astype(np.float64)
            rgb = rgba[..., :3] * rgba[..., 3:] / 255 + 255 - rgba[..., 3:]
            means.append(quarters(rgb))
    return {"size": [WIDTH, HEIGHT], "times": [0, 0.04, 0.12, 0.22], "means": means}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    quick = {"crf": "4", "preset": "veryfast"}
    plain = {**quick, "bf": "0"}
    write("bt709.mp4", "libx264", space="bt709", options=quick)
    write("bt601.mov", "libx264", space="bt601", options=quick)
    write("untagged.mp4", "libx264", space="bt601", tag=False, options=quick)
    write("untagged-hd.mp4", "libx264", frames=2, size=(1280, 720), space="bt709", tag=False, options={"crf": "20"})
    write("full.mp4", "libx264", space="bt709", full=True, options=quick)
    write("high444.mp4", "libx264", pix_fmt="yuv444p", space="bt709", options=quick)
    write("ten-bits.mp4", "libx264", pix_fmt="yuv420p10le", space="bt709", options=quick)
    write("uneven.mp4", "libx264", space="bt601", pts=[0, 40, 80, 600, 640, 1600, 1640, 1660], options=plain)
    write("long.mp4", "libx264", frames=20, space="bt601", options={**quick, "g": "6", "bf": "2", "x264-params": "open-gop=1"})
    write("vp9.webm", "libvpx-vp9", space="bt709", options={"crf": "10", "b": "0"})
    write("mpeg4.avi", "mpeg4", space="bt601", tag=False, options={"qscale": "2"})
    rotated("rotated.mp4", "bt709.mp4")
    cut("cut.mp4", "long.mp4", 9)
    golden = {
        "bt709.mp4": seen("bt709.mp4"),
        "bt601.mov": seen("bt601.mov"),
        "untagged.mp4": seen("untagged.mp4", "bt601"),
        "untagged-hd.mp4": seen("untagged-hd.mp4", "bt709"),
        "full.mp4": seen("full.mp4"),
        "high444.mp4": seen("high444.mp4"),
        "ten-bits.mp4": seen("ten-bits.mp4"),
        "uneven.mp4": seen("uneven.mp4"),
        "long.mp4": seen("long.mp4"),
        "vp9.webm": seen("vp9.webm"),
        "mpeg4.avi": seen("mpeg4.avi", "bt601"),
        "cut.mp4": seen("cut.mp4"),
        "animation.webp": animations(),
    }
    golden["animation.gif"] = seen("animation.gif")
    with open(OUT / "golden.json", "w") as file:
        file.write("{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in golden.items()) + "\n}\n")


main()
