#!/usr/bin/env bash
# org.bytedeco:javacv 1.5.13 with ffmpeg 8.0.1-1.5.13 (PyAV 18.1.0 writes the video and is the other reader)
#
# Behaviour: FFmpegFrameGrabber.grabImage turns every video's colours to RGB by the matrix of standard definition (BT.601), whatever the
# stream says of itself. High-definition video is BT.709 and says so.
# One would guess otherwise: FFmpeg inside is the same, the command `ffmpeg` and PyAV honour the stream's matrix, and a test with a
# small or an untagged video shows no difference.
# Costs: every frame of HD video in Java has other colours than in Python: greens turn lighter by up to 25 levels, skin
# turns red. A classifier trained on one side loses accuracy on the other, and no size, count or time looks wrong.
#
# Seen, a plain green (32, 191, 64), 1280 x 720, H.264:
#   tagged BT.709: PyAV 30, 189, 62   FFmpegFrameGrabber 43, 214, 66
#   tagged BT.601: PyAV 31, 190, 64   FFmpegFrameGrabber 31, 190, 64
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv venv
  python=venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 av==18.1.0
fi
for artifact in javacv:1.5.13 javacpp:1.5.13 javacpp:1.5.13:jar:linux-x86_64 ffmpeg:8.0.1-1.5.13 ffmpeg:8.0.1-1.5.13:jar:linux-x86_64; do
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="org.bytedeco:$artifact" -DoutputDirectory="$tmp/jars" >maven.log 2>&1 || { cat maven.log; exit 2; }
done
cat > make.py <<'PY'
import av
import numpy as np

WIDTH, HEIGHT = 1280, 720
RED, GREEN, BLUE = 32 / 255, 191 / 255, 64 / 255
for name, tag, of_red, of_blue in (("bt709", 1, 0.2126, 0.0722), ("bt601", 5, 0.299, 0.114)):
    luma = of_red * RED + (1 - of_red - of_blue) * GREEN + of_blue * BLUE
    planes = [16 + 219 * luma, 128 + 112 * (BLUE - luma) / (1 - of_blue), 128 + 112 * (RED - luma) / (1 - of_red)]
    sizes = [HEIGHT, HEIGHT // 4, HEIGHT // 4]
    picture = np.concatenate([np.full((rows, WIDTH), round(level)) for level, rows in zip(planes, sizes)]).astype(np.uint8)
    with av.open(f"{name}.mp4", "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = tag, 1
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.colorspace, frame.color_range, frame.pts = tag, 1, number
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    with av.open(f"{name}.mp4") as file:
        seen = next(file.decode(video=0)).to_ndarray(format="rgb24")[300, 300]
    print(f"{name}: PyAV", *seen)
PY
cat > Grab.java <<'JAVA'
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;

class Grab {
    public static void main(String[] names) throws Exception {
        avutil.av_log_set_level(avutil.AV_LOG_ERROR);
        for (String name : names) {
            try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(name + ".mp4")) {
                grabber.start();
                Frame frame = grabber.grabImage();
                ByteBuffer levels = (ByteBuffer) frame.image[0];
                int at = 300 * frame.imageStride + 300 * 3;
                System.out.println(name + ": FFmpegFrameGrabber " + (levels.get(at + 2) & 255) + " "
                        + (levels.get(at + 1) & 255) + " " + (levels.get(at) & 255));
            }
        }
    }
}
JAVA
"$python" make.py | tee seen.txt
java -cp "jars/*" Grab.java bt709 bt601 2>/dev/null | tee -a seen.txt
level() { grep "^$1: $2 " seen.txt | awk '{print $4}'; }
high=$(( $(level bt709 FFmpegFrameGrabber) - $(level bt709 PyAV) ))
low=$(( $(level bt601 FFmpegFrameGrabber) - $(level bt601 PyAV) ))
if [ "$high" -gt 15 ] && [ "$low" -lt 3 ] && [ "$low" -gt -3 ]; then
  echo "reproduced: FFmpegFrameGrabber reads BT.709 by the matrix of BT.601 (green $high levels off)"
else
  echo "no longer so: the grabber honours the stream's matrix (green $high levels off)"
  exit 1
fi
