"""A peer of `calotype bench`: does the same work in another way, unit by unit, when it is told to.

    python bench/peers/peer.py WORK peer=NAME folder=DIR home=DIR key=value...

Speaks lines on standard input and output. First it reads what Calotype wrote to `folder`, computes its outputs, writes
them to `home`, and says one JSON object: `precision`, `versions`, `outputs` (a safetensors file); or `missing` (a
package) or `error`. Then it answers `threads N` and `go N` (N iterations) with `seconds` (a list) and `peak_mb`, or
with `error`. It ends when its input does.
"""

import importlib
import json
import os
import platform
import sys
import time

WORKS = {
    "train": "unet_works",
    "latent": "latent_works",
    "autoencoder": "latent_works",
    "sample": "unet_works",
    "gan": "gan_work",
    "vit": "vit_works",
    "naming": "vit_works",
    "clip": "clip_work",
    "dip": "dip_work",
    "pipeline": "pipeline_work",
    "fid": "picture_works",
    "decode": "picture_works",
    "checkpoint": "file_works",
    "start": "file_works",
}


def peak_mb():
    """The largest resident memory of this process, in MB; None where /proc does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) >> 10 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return None


def settings(words):
    """`key=value` words as a dictionary, whole numbers as such."""
    pairs = dict(word.split("=", 1) for word in words)
    return {key: int(value) if value.isdigit() else value for key, value in pairs.items()}


def hello(work, given):
    """The peer and what it says first."""
    module = importlib.import_module(WORKS[work])
    peer = getattr(module, work)(given)
    outputs = None
    arrays = peer.outputs()
    if arrays:
        from safetensors.torch import save_file

        outputs = os.path.join(given["home"], "outputs.safetensors")
        save_file({name: value.detach().float().contiguous().clone() for name, value in arrays.items()}, outputs)
    versions = {"python": platform.python_version(), **peer.versions()}
    return peer, {"precision": peer.precision, "versions": versions, "outputs": outputs}


def obey(peer, line):
    """What one line makes of the peer."""
    command, count = line.split()
    seconds = []
    if command == "threads":
        peer.threads(int(count))
    elif command == "go":
        for _ in range(int(count)):
            begun = time.perf_counter()
            peer.iterate()
            seconds.append(time.perf_counter() - begun)
    else:
        raise ValueError("unknown command " + command)
    return {"seconds": seconds, "peak_mb": peak_mb()}


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not get between the answers

    def say(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        peer, first = hello(sys.argv[1], settings(sys.argv[2:]))
    except ModuleNotFoundError as e:
        return say({"missing": f"Python package {e.name}"})
    except Exception as e:  # whatever it is, the bench reports it and goes on
        return say({"error": f"{type(e).__name__}: {e}"[:1000]})
    say(first)
    for line in sys.stdin:
        try:
            say(obey(peer, line))
        except Exception as e:
            say({"error": f"{type(e).__name__}: {e}"[:1000]})


if __name__ == "__main__":
    main()
