"""Writes scores of the features in the test resources and MS-SSIMs, each by its definition in NumPy and SciPy.

    python bench/peers/golden_metrics.py core/src/test/resources/metrics core/src/test/resources/peers/scores.json
"""

import json
import sys
from pathlib import Path

import numpy as np
from formula import pixels
from safetensors.numpy import load_file
from scipy.ndimage import correlate1d
from scipy.spatial.distance import cdist, pdist


def mmd(x, y, bandwidth: float) -> dict:
    k = lambda a, b: np.exp(-cdist(a, b, "sqeuclidean") / (2 * bandwidth**2))
    xx, yy, xy = k(x, x), k(y, y), k(x, y)
    n, m = len(x), len(y)
    return {
        "bandwidth": bandwidth,
        "unbiased": (xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean(),
        "biased": xx.mean() + yy.mean() - 2 * xy.mean(),
    }


def nearest(train, samples) -> dict:
    d, own = cdist(samples, train), cdist(train, train)
    np.fill_diagonal(own, np.inf)
    first = d.argmin(1)
    ratios = d.min(1) / own.min(1)[first]
    return {
        "indices": np.argsort(d, axis=1)[:5, :3].tolist(),
        "ratios": ratios[:20].tolist(),
        "authenticity": float((ratios > 1).mean()),
    }


def ms_ssim(a, b, scales: int) -> float:
    """Wang et al. 2003, mean over channels; valid windows, 2 x 2 averages, exponents scaled to sum to 1."""
    w = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5**2))
    w /= w.sum()
    blur = lambda x: correlate1d(correlate1d(x, w, axis=0), w, axis=1)[5:-5, 5:-5]
    exponents = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])[:scales]
    exponents /= exponents.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for x, y in zip(a.astype(np.float64), b.astype(np.float64)):
        value = 1.0
        for s in range(scales):
            if s:
                h, v = x.shape[0] // 2 * 2, x.shape[1] // 2 * 2
                x, y = (z[:h, :v].reshape(h // 2, 2, v // 2, 2).mean((1, 3)) for z in (x, y))
            mx, my = blur(x), blur(y)
            structure = (2 * (blur(x * y) - mx * my) + c2) / (blur(x * x) - mx**2 + blur(y * y) - my**2 + c2)
            luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
            term = structure * luminance if s == scales - 1 else structure
            value *= max(0, term.mean()) ** exponents[s]
        values.append(value)
    return float(np.mean(values))


def main(fixtures: Path, out: Path) -> None:
    features = load_file(fixtures / "features.safetensors")
    real, fake = features["real"].astype(np.float64), features["fake"].astype(np.float64)
    unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
    a = pixels("ms-ssim.a", 3, 181, 200)
    a = np.round(np.stack([correlate1d(correlate1d(c.astype(float), np.ones(9) / 9), np.ones(9) / 9, 0) for c in a]))
    b = np.clip(np.round(a + 0.2 * (pixels("ms-ssim.b", 3, 181, 200).astype(float) - 128)), 0, 255)
    golden = {
        "mmd": mmd(real, fake, 8.0),
        "cmmd": 1000 * mmd(unit(real), unit(fake), 10.0)["biased"],
        "median_distance": float(np.sort(pdist(real))[len(pdist(real)) // 2]),
        "mean_distance": float(pdist(fake).mean()),
        "nearest": nearest(real, fake),
        "ms_ssim": {str(s): ms_ssim(a, b, s) for s in (1, 3, 5)},
    }
    out.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
