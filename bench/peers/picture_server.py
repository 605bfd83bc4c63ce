"""A web server of pictures that waits before each answer, and counts how many requests are under way to each of its hosts.

    python bench/peers/picture_server.py list 20000 /tmp/list.csv --hosts 8
    python bench/peers/picture_server.py serve --latency 0.05

The list names 127.0.0.1 to 127.0.0.8 as hosts, 256 JPEG pictures of 400 x 300 px in turn. GET /counts tells, by host, requests so far and
the most at a time; GET /reset begins anew. Needs numpy and Pillow; HTTP/1.1 with connections that stay, one thread.
"""

import argparse
import asyncio
import io
import json

import numpy as np
from PIL import Image

PICTURES, PORT = 256, 8099
READ = 1 << 14


def pictures():
    """Smooth fields with some noise, about as large as photographs of these sides are."""
    made = []
    for seed in range(PICTURES):
        random = np.random.default_rng(seed)
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((400, 300), Image.BICUBIC)
        noisy = np.clip(np.asarray(coarse, float) + random.normal(0, 8, (300, 400, 3)), 0, 255)
        file = io.BytesIO()
        Image.fromarray(noisy.astype(np.uint8)).save(file, "JPEG", quality=85)
        made.append(file.getvalue())
    return made


class Counts:
    def __init__(self):
        self.now, self.most, self.all = {}, {}, {}

    def begin(self, host):
        self.now[host] = self.now.get(host, 0) + 1
        self.all[host] = self.all.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.now[host])

    def end(self, host):
        self.now[host] -= 1


def answer(body, kind, status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(latency):
    files, counts = pictures(), Counts()
    answers = [answer(file, "image/jpeg") for file in files]

    async def talk(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                host = next((line[5:].strip() for line in head.split("\r\n") if line.lower().startswith("host:")), "")
                if path == "/counts":
                    writer.write(answer(json.dumps({"most": counts.most, "all": counts.all}).encode(), "application/json"))
                elif path == "/reset":
                    counts.__init__()
                    writer.write(answer(b"{}", "application/json"))
                elif not path.endswith(".jpg"):
                    writer.write(answer(b"", "text/plain", "404 Not Found"))
                else:
                    counts.begin(host)
                    try:
                        await asyncio.sleep(latency)
                        writer.write(answers[int(path[1:-4]) % PICTURES])
                        await writer.drain()
                    finally:
                        counts.end(host)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "0.0.0.0", PORT, limit=READ, backlog=1024)
    print(f"{PICTURES} pictures, {sum(map(len, files)) // PICTURES} bytes on average, at port {PORT}", flush=True)
    async with server:
        await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list")
    listed.add_argument("count", type=int)
    listed.add_argument("out")
    listed.add_argument("--hosts", type=int, default=1)
    commands.add_parser("serve").add_argument("--latency", type=float, default=0.05)
    asked = parser.parse_args()
    if asked.command == "serve":
        asyncio.run(serve(asked.latency))
        return
    with open(asked.out, "w") as file:
        file.write("url,caption\n")
        for i in range(asked.count):
            file.write(f"http://127.0.0.{1 + i % asked.hosts}:{PORT}/{i}.jpg,picture {i}\n")


if __name__ == "__main__":
    main()
