"""Writes tiny ViViTs with random weights, clips, what transformers computes of them, and what its processor makes of frames.

    python bench/peers/golden_vivit.py write core/src/test/resources/vivit
    python bench/peers/golden_vivit.py check FOLDER...

`check` loads folders that Calotype wrote (TransformersVivit.write, with golden.safetensors beside the model holding a
clip and Calotype's own logits) and prints the largest difference to what transformers computes.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import VivitConfig, VivitForVideoClassification, VivitImageProcessor

SHAPE = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=64,
    image_size=16,
    num_frames=4,
    tubelet_size=[2, 4, 4],
    num_labels=5,
)


def write(folder: Path) -> None:
    x = torch.randn(2, 4, 3, 16, 16, generator=torch.Generator().manual_seed(3)).half().float()
    golden = {"x": x}
    for name, activation in (("fast", "gelu_fast"), ("exact", "gelu")):
        torch.manual_seed(7)
        model = VivitForVideoClassification(VivitConfig(**SHAPE, hidden_act=activation))
        with torch.no_grad():
            for p in model.parameters():
                p.add_(0.15 * torch.randn_like(p))
        model = model.half().float().eval()  # values that half precision holds
        with torch.no_grad():
            golden[name] = model(x).logits
        if name == "exact":
            memory = {k: v.half().contiguous() for k, v in model.state_dict().items()}
            save_file(memory, folder / "in-memory.safetensors")
            continue
        model.half().save_pretrained(folder / name)
        processor = VivitImageProcessor(size={"shortest_edge": 20}, crop_size={"height": 16, "width": 16})
        processor.save_pretrained(folder / name)
        frames = np.random.default_rng(5).integers(0, 256, (4, 20, 20, 3), dtype=np.uint8)
        golden["frames"] = torch.from_numpy(frames).permute(0, 3, 1, 2).contiguous()
        golden["processed"] = processor(list(frames), return_tensors="pt")["pixel_values"][0].float()
    save_file({k: v.contiguous() for k, v in golden.items()}, folder / "golden.safetensors")


def check(folder: Path) -> None:
    golden = load_file(folder / "golden.safetensors")
    model, info = VivitForVideoClassification.from_pretrained(folder, output_loading_info=True)
    with torch.no_grad():
        logits = model.float().eval()(golden["x"]).logits
    print(folder, (logits - golden["logits"]).abs().max().item(), info["missing_keys"], info["unexpected_keys"])
    print(VivitImageProcessor.from_pretrained(folder))


if __name__ == "__main__":
    paths = [Path(p) for p in sys.argv[2:]]
    if sys.argv[1] == "write":
        paths[0].mkdir(parents=True, exist_ok=True)
        write(paths[0])
    else:
        for path in paths:
            check(path)
