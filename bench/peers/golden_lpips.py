"""Writes the distances of github.com/richzhang/PerceptualSimilarity with backbones of formula.py.

    python bench/peers/golden_lpips.py CHECKOUT core/src/test/resources/peers/lpips.json
"""

import json
import sys
from pathlib import Path

import torch
from formula import pixels, summary, weight


def torchvision_name(name: str) -> str:
    """net.slice2.3.squeeze.weight -> features.3.squeeze.weight"""
    return "features." + name.split(".", 2)[2]


def distances(model, a, b) -> list[float]:
    with torch.no_grad():
        return model(a, b).flatten().double().tolist()


def main(checkout: Path, out: Path) -> None:
    sys.path.insert(0, str(checkout))
    import lpips

    a, b = (torch.from_numpy(pixels("lpips." + n, 3, 3, 70, 95)).double() for n in "ab")
    b[2] = torch.round(0.7 * a[2] + 0.3 * b[2])
    a, b = a.float() / 127.5 - 1, b.float() / 127.5 - 1
    golden = {"torch": torch.__version__, "commit": "082bb24f84c091ea94de2867d34c4544f68e0963"}
    for net in ("alex", "vgg", "squeeze"):
        for version in ("0.1", "0.0"):
            model = lpips.LPIPS(net=net, version=version, pnet_rand=True, verbose=False)
            with torch.no_grad():
                for name, p in model.net.named_parameters():
                    key = torchvision_name("net." + name)
                    p.copy_(torch.from_numpy(weight(key, tuple(p.shape))))
            published = distances(model, a, b)
            fill_linear(model)
            case = {"formula": distances(model, a, b), "published": published}
            if version == "0.1":
                with torch.no_grad():
                    case["taps"] = [summary(t) for t in model.net(model.scaling_layer(a))]
            golden[f"{net}-v{version}"] = case
    out.write_text(json.dumps(golden, indent=1) + "\n")


def fill_linear(model) -> None:
    with torch.no_grad():
        for i, layer in enumerate(model.lins):
            w = layer.model[1].weight
            w.copy_(torch.from_numpy(weight(f"lin{i}.model.1.weight", tuple(w.shape))).abs())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
