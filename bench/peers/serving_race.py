"""Many clients ask at once for one picture each: Calotype's studio against serve_diffusers.py, in turns, the same network in bf16.

    calotype export runs/quickstart-001 --to /tmp/pipeline
    python bench/peers/serving_race.py runs/quickstart-001 /tmp/pipeline [--clients 64] [--steps 10] [--rounds 3] [--in-turn 16]

Every server is started anew for its turn, draws one picture to warm up, and is measured then: seconds from the first request to the
last answer, and the most memory that its process ever had; then what it takes for --in-turn pictures, each asked for when the one before
is there, and how many of them are the files that came before. An answer that is no PNG file of the network's size ends the race.
"""

import argparse
import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

HOME = pathlib.Path(__file__).resolve().parents[2]
PORT = 7911


def post(path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            if e.code != 429:
                raise
            time.sleep(float(e.headers["Retry-After"]))


class Calotype:
    name = "calotype studio"

    def __init__(self, given):
        run = pathlib.Path(given.run).resolve()
        self.model, self.steps = run.name, given.steps
        self.home = tempfile.TemporaryDirectory()
        self.command = [given.calotype, "studio", "--port", PORT, "--models", run.parent, "--home", self.home.name]
        self.alive = "/health/ready"

    def picture(self, seed):
        wish = {"model": self.model, "prompt": "", "seed": seed, "sampler": "ddim", "steps": self.steps}
        answer = json.loads(post("/v1/images/generations", wish | {"response_format": "b64_json"}))
        return base64.b64decode(answer["data"][0]["b64_json"])


class Peer:
    alive = "/ready"

    def __init__(self, given, together):
        self.name = "FastAPI, diffusers" + (f", batches of {together}" if together > 1 else "")
        self.steps = given.steps
        script = pathlib.Path(__file__).with_name("serve_diffusers.py")
        self.command = [sys.executable, script, given.pipeline, "--port", PORT, "--together", together]

    def picture(self, seed):
        return post("/generate", {"seed": seed, "steps": self.steps})


def memory(process):
    with open(f"/proc/{process.pid}/status") as lines:
        return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def turn(server, clients, in_turn):
    process = subprocess.Popen([str(word) for word in server.command], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}{server.alive}", timeout=5).read()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit(server.name + " does not start")
                time.sleep(0.05)
        server.picture(0)
        pictures = {}
        threads = [
            threading.Thread(target=lambda seed=seed: pictures.update({seed: server.picture(seed)}))
            for seed in range(1, clients + 1)
        ]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        same = sum(server.picture(seed) == pictures.get(seed) for seed in range(1, in_turn + 1))
        alone = (time.perf_counter() - begun) / in_turn
        if len(pictures) < clients or any(not png.startswith(b"\x89PNG") for png in pictures.values()):
            sys.exit(server.name + " did not answer all")
        return seconds, alone, same, memory(process), len(set(pictures.values()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("pipeline")
    parser.add_argument("--calotype", default=HOME / "calotype", help="the launcher, such as that of a bundle")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-turn", type=int, default=16)
    given = parser.parse_args()
    for number in range(given.rounds):
        for server in (Calotype(given), Peer(given, 1), Peer(given, 16)):
            seconds, alone, same, most, different = turn(server, given.clients, given.in_turn)
            print(
                f"round {number + 1}  {server.name:<32} {given.clients} pictures, {different} different"
                f"  {seconds:6.2f} s  {given.clients / seconds:5.1f} a second"
                f"  {1 / alone:5.1f} in turn, {same} of {given.in_turn} the same  {most:5.0f} MB"
                f"  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
