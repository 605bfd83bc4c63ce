"""Writes tiny vision transformers with random weights, pictures, and what transformers and timm compute of them.

    python bench/peers/golden_vit.py write core/src/test/resources/vit
    python bench/peers/golden_vit.py check FOLDER...

`check` loads folders that Calotype wrote (TransformersVit.write, with golden.safetensors beside the model holding a
picture and Calotype's own logits) and prints the largest difference to what transformers computes.
"""

import json
import sys
from pathlib import Path

import timm
import torch
import transformers
from safetensors.torch import load_file, save_file

SHAPE = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    image_size=16,
    patch_size=4,
    num_labels=5,
)
CLASSES = {"vit": "ViT", "deit": "DeiT", "teacher": "DeiT", "dinov2": "Dinov2", "registers": "Dinov2WithRegisters"}


def shaken(model):
    torch.manual_seed(7)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.15 * torch.randn_like(p))  # norms, biases and tokens away from 1 and 0
    return model.half().float().eval()  # values that half precision holds


def write(folder: Path) -> None:
    x = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(3)).half().float()
    larger = torch.randn(1, 3, 24, 24, generator=torch.Generator().manual_seed(4)).half().float()
    golden = {"x": x, "larger": larger}
    for name, kind in CLASSES.items():
        extra = dict(mlp_ratio=2) if name in ("dinov2", "registers") else dict(intermediate_size=64)
        config = getattr(transformers, kind + "Config")(**SHAPE, **extra)
        suffix = "ForImageClassificationWithTeacher" if name == "teacher" else "ForImageClassification"
        model = shaken(getattr(transformers, kind + suffix)(config))
        with torch.no_grad():
            golden[name] = model(x).logits
            golden[name + ".larger"] = model(larger, interpolate_pos_encoding=True).logits if name in ("vit", "deit", "teacher") else model(larger).logits
        if name == "vit":
            memory = {k: v.half().contiguous() for k, v in model.state_dict().items()}
            save_file(memory, folder / "in-memory.safetensors")
        model.half().save_pretrained(folder / name)
    timms(folder, golden, x, larger)
    golden["table"] = torch.randn(1, 16, 8, generator=torch.Generator().manual_seed(5))
    square = golden["table"].reshape(1, 4, 4, 8).permute(0, 3, 1, 2)
    for size in (3, 7):
        plain = torch.nn.functional.interpolate(square, size=(size, size), mode="bicubic", align_corners=False)
        golden[f"transformers.{size}"] = plain.permute(0, 2, 3, 1).reshape(1, size * size, 8)
        golden[f"timm.{size}"] = timm.layers.resample_abs_pos_embed(golden["table"], (size, size), (4, 4), num_prefix_tokens=0)
    golden["sincos"] = sincos(3, 4, 16)
    save_file({k: v.contiguous() for k, v in golden.items()}, folder / "golden.safetensors")


def sincos(h, w, width, temperature=10_000.0):
    """big_vision's posemb_sincos_2d."""
    y, x = torch.meshgrid(torch.arange(h).double(), torch.arange(w).double(), indexing="ij")
    omega = 1.0 / (temperature ** (torch.arange(width // 4).double() / (width // 4 - 1)))
    y, x = y.flatten()[:, None] * omega, x.flatten()[:, None] * omega
    return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], dim=1)[None].float()


def timms(folder, golden, x, larger):
    shape = dict(img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=4, mlp_ratio=2, num_classes=5)
    variants = {
        "timm-vit": dict(),
        "timm-mean": dict(class_token=False, global_pool="avg", fc_norm=False),
        "timm-late": dict(class_token=False, global_pool="avg"),
        "timm-registers": dict(init_values=0.1, reg_tokens=4, no_embed_class=True),
    }
    models = {n: timm.models.vision_transformer.VisionTransformer(**shape, **v) for n, v in variants.items()}
    models["timm-distilled"] = timm.models.deit.VisionTransformerDistilled(**shape)
    models["timm-hybrid"] = timm.create_model("vit_tiny_r_s16_p8_224", **{**shape, "patch_size": 2})  # of the map at a quarter
    for name, model in models.items():
        shaken(model)
        with torch.no_grad():
            golden[name] = model(x)
            state = {k: v.clone() for k, v in model.state_dict().items()}
            model.set_input_size(img_size=24)
            golden[name + ".larger"] = model(larger)
        save_file({k: v.half().contiguous() for k, v in state.items()}, folder / f"{name}.safetensors")


def check(folder: Path) -> None:
    golden = load_file(folder / "golden.safetensors")
    kind = json.loads((folder / "config.json").read_text())["architectures"][0]
    model, info = getattr(transformers, kind).from_pretrained(folder, output_loading_info=True)
    with torch.no_grad():
        logits = model.eval()(golden["x"]).logits
    print(folder, kind, (logits - golden["logits"]).abs().max().item(), info["missing_keys"], info["unexpected_keys"])


if __name__ == "__main__":
    paths = [Path(p) for p in sys.argv[2:]]
    if sys.argv[1] == "write":
        paths[0].mkdir(parents=True, exist_ok=True)
        write(paths[0])
    else:
        for path in paths:
            check(path)
