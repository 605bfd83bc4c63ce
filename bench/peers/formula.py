"""Weights and pictures that Python and Java compute alike (dev.calotype.model.FormulaWeights), so that none are stored.

Value i of the tensor `name` is a hash of both: h = murmur3's finalizer of ((i + 1) * 0x9E3779B1) xor fnv1a(name), in
32 bits; u = (h >> 8) / 2^23 - 1 in [-1, 1).
"""

import numpy as np


def unit(name: str, count: int) -> np.ndarray:
    return (_hash(name, count) >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def pixels(name: str, *shape: int) -> np.ndarray:
    return (_hash(name, int(np.prod(shape))) >> np.uint32(24)).astype(np.uint8).reshape(shape)


def _hash(name: str, count: int) -> np.ndarray:
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(seed)
    h = (h ^ h >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    h = (h ^ h >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    return h ^ h >> np.uint32(16)


def weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Kernels and matrices by He's rule; norms near the identity; biases small."""
    u = unit(name, int(np.prod(shape)))
    if len(shape) > 1:
        values = u * np.sqrt(6 / np.prod(shape[1:]))
    elif name.endswith("running_var"):
        values = 1 + 0.5 * u
    elif name.endswith("bn.weight"):
        values = 1 + 0.1 * u
    else:
        values = 0.1 * u
    return values.astype(np.float32).reshape(shape)


def fill(module) -> None:
    """Gives every tensor of a PyTorch module its value."""
    import torch

    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(torch.from_numpy(weight(name, tuple(tensor.shape))))


def summary(x) -> dict:
    """The shape, the mean, the deviation and 16 values at equal distances of a tensor."""
    flat = x.detach().double().flatten()
    step = max(1, flat.numel() // 16)
    return {
        "shape": list(x.shape),
        "mean": flat.mean().item(),
        "deviation": flat.std(unbiased=False).item(),
        "values": flat[::step][:16].tolist(),
    }
