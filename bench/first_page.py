"""From the command to the first page of a studio, and what it holds then: python bench/first_page.py LAUNCHER MODELS [--rounds 5]

Prints for each start the seconds until the first page came, the processor's seconds until then, and the resident megabytes
after the engine is up, the models were listed and 12 seconds passed without work. Linux; the launcher is ./calotype or that of a bundle.
"""

import argparse
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def get(url):
    while True:
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.01)


def processor(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


def start(launcher, models):
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        begun = time.perf_counter()
        command = [launcher, "studio", "--port", str(port), "--home", home, "--models", models]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        get(f"http://127.0.0.1:{port}/")
        seconds, busy = time.perf_counter() - begun, processor(process.pid)
        get(f"http://127.0.0.1:{port}/health/ready")
        get(f"http://127.0.0.1:{port}/api/models")
        time.sleep(12)
        print(f"{seconds:.2f} s, {busy:.2f} s of the processor, {resident(process.pid):.0f} MB, load {os.getloadavg()[0]:.0f}", flush=True)
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("launcher")
    parser.add_argument("models")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for _ in range(given.rounds):
        start(given.launcher, given.models)
