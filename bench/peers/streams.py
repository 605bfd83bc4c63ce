"""The random numbers of dev.calotype.tensor.Rng, so that both sides draw the same noise."""

import numpy as np

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


class Stream:
    """Rng.of(seed), and what it forks."""

    def __init__(self, seed: int, raw: bool = False):
        self.seed = seed & MASK if raw else mix(seed + GAMMA & MASK)
        self.position = 0

    def fork(self, index: int) -> "Stream":
        return Stream(mix(self.seed ^ mix(index * GAMMA + 0x632BE59BD9B4E019 & MASK)), raw=True)

    def normal(self, count: int) -> np.ndarray:
        values = []
        for _ in range(0, count, 2):
            self.position += 1
            bits = mix(self.seed + self.position * GAMMA & MASK)
            radius = np.sqrt(-2 * np.log(((bits >> 32) + 1) * 2.0**-32))
            angle = (bits & 0xFFFFFFFF) * (2 * np.pi * 2.0**-32)
            values += [radius * np.cos(angle), radius * np.sin(angle)]
        return np.array(values[:count], dtype=np.float32)


def rows(seed: int, count: int) -> list[Stream]:
    """Rng.images(seed, 0, count)."""
    return [Stream(seed).fork(i) for i in range(count)]


def normal(streams: list[Stream], shape):
    """What a source of rows draws: a tensor with one stream for each row."""
    import torch

    each = int(np.prod(shape[1:]))
    return torch.from_numpy(np.stack([stream.normal(each) for stream in streams]).reshape(tuple(shape)))
