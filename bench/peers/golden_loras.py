"""Low-rank adapters in the names of several programs, and what diffusers and peft draw with them:
core/src/test/resources/latent/loras.json.

diffusers 0.42.1, peft 0.21.2, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_loras.py core/src/test/resources/text/tiny-merges.txt OUT.json
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import DDIMScheduler
from formula import summary, unit, weight
from golden_text_to_image import BETAS, PROMPT, stable, xl
from golden_text_unets import SD1
from peft import LoraConfig, inject_adapter_in_model
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import CLIPTextModel

torch.set_num_threads(1)
del CLIPTextModel.text_model  # which adapters are not found through
STEPS = 4
DDIM = dict(BETAS, steps_offset=1, set_alpha_to_one=False, clip_sample=False)


def pipes(merges, base):
    ddim = DDIMScheduler(**DDIM)
    return xl(merges, ddim, True) if base == "xl" else stable(merges, "<|endoftext|>", ddim, SD1)


def layers(pipe, part, wanted):
    """Layers by diffusers' names, with their kernels."""
    return {n: m for n, m in getattr(pipe, part).named_modules()
            if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d)) and any(w in n for w in wanted)}


def pair(module, rank):
    if isinstance(module, torch.nn.Linear):
        return [rank, module.in_features], [module.out_features, rank]
    return [rank, module.in_channels, *module.kernel_size], [module.out_channels, rank, 1, 1]


def kohya(pipe, prefixes, rename=lambda n: n):
    """Names with underscores; ranks and alphas of each layer."""
    shapes, alphas = {}, {}
    for part, prefix, wanted in prefixes:
        for i, (name, module) in enumerate(layers(pipe, part, wanted).items()):
            if part != "unet":
                name = "text_model." + name.removeprefix("text_model.")
            key = prefix + (rename(name) if part == "unet" else name).replace(".", "_")
            rank = 1 + i % 3
            shapes[key + ".lora_down.weight"], shapes[key + ".lora_up.weight"] = pair(module, rank)
            shapes[key + ".alpha"] = []
            alphas[key + ".alpha"] = 0.05 * rank * (1 + i % 2)
    return shapes, alphas


def filled(shapes, alphas):
    return {k: torch.tensor(alphas[k]) if k in alphas else torch.from_numpy(weight(k, tuple(s))) for k, s in shapes.items()}


def original(name):
    """The names of CompVis for the tiny U-Net of XL: three levels of one block."""
    words = name.split(".")
    if words[0] in ("conv_in", "conv_out"):
        return {"conv_in": "input_blocks.0.0", "conv_out": "out.2"}[words[0]]
    parts = {"conv1": "in_layers.2", "conv2": "out_layers.3", "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection"}
    if words[0] == "mid_block":
        index = 1 if words[1] == "attentions" else 2 * int(words[2])
        rest = words[3:] if words[1] == "attentions" else [parts[words[3]]]
        return ".".join(["middle_block", str(index), *rest])
    level, kind, layer = int(words[1]), words[2], int(words[3])
    down = words[0] == "down_blocks"
    start = (1 + 2 * level) if down else 2 * level
    if kind == "downsamplers":
        return f"input_blocks.{start + 1}.0.op"
    if kind == "upsamplers":
        return f"output_blocks.{start + 1}.2.conv"
    rest = words[4:] if kind == "attentions" else [parts[words[4]]]
    return ".".join([("in" if down else "out") + "put_blocks", str(start + layer), "1" if kind == "attentions" else "0", *rest])


def old_names(pipe):
    """As diffusers wrote before peft: of attentions alone, without alpha."""
    shapes = {}
    for name, module in layers(pipe, "unet", ["attn"]).items():
        block, layer = name.rsplit(".to_", 1)
        key = f"unet.{block}.processor.to_{layer.split('.')[0]}_lora"
        shapes[key + ".down.weight"], shapes[key + ".up.weight"] = pair(module, 2)
    return shapes, {}


def trained(pipe, use_dora=False, **settings):
    """As diffusers' training scripts save it today: what peft injected, with its settings in the header. The lengths of DoRA are
    lost in text encoders when it is loaded, so that they have none here."""
    pipe.unet.add_adapter(LoraConfig(
        r=3, lora_alpha=0.3, target_modules=["to_q", "to_k", "to_v", "to_out.0", "conv1"], use_dora=use_dora, **settings))
    of_text = LoraConfig(r=2, lora_alpha=0.4, target_modules=["q_proj", "out_proj"], **settings)
    inject_adapter_in_model(of_text, pipe.text_encoder)
    pipe.text_encoder.peft_config = {"default": of_text}
    from diffusers.loaders.lora_base import LORA_ADAPTER_METADATA_KEY
    from diffusers.training_utils import _collate_lora_metadata
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft.utils import get_peft_model_state_dict
    with tempfile.TemporaryDirectory() as folder:
        pipe.save_lora_weights(
            folder, unet_lora_layers=convert_state_dict_to_diffusers(get_peft_model_state_dict(pipe.unet)),
            text_encoder_lora_layers=convert_state_dict_to_diffusers(get_peft_model_state_dict(pipe.text_encoder)),
            **_collate_lora_metadata({"unet": pipe.unet, "text_encoder": pipe.text_encoder}))
        with safe_open(next(Path(folder).glob("*.safetensors")), "pt") as file:
            shapes = {k: list(file.get_slice(k).get_shape()) for k in file.keys()}
            metadata = file.metadata()
    pipe.unload_lora_weights()
    assert LORA_ADAPTER_METADATA_KEY in metadata
    return shapes, metadata


def mend(pipe, adapter, shapes, alphas, rename):
    """Sets the alphas that the file says: diffusers 0.42.1 gives attentions that of another layer where a file has several."""
    mended = 0
    for part, prefixes in (("unet", ["lora_unet_"]), ("text_encoder", ["lora_te_", "lora_te1_"]), ("text_encoder_2", ["lora_te2_"])):
        for name, module in getattr(pipe, part, torch.nn.Module()).named_modules():
            if adapter not in getattr(module, "scaling", {}):
                continue
            plain = rename(name) if part == "unet" else "text_model." + name.removeprefix("text_model.")
            for key in (p + plain.replace(".", "_") for p in prefixes):
                if key + ".alpha" in alphas:
                    scale = alphas[key + ".alpha"] / shapes[key + ".lora_down.weight"][0]
                    mended += abs(module.scaling[adapter] - scale) > 1e-6
                    module.scaling[adapter], module.lora_alpha[adapter] = scale, alphas[key + ".alpha"]
    return mended


def cases(merges):
    """The base, adapters as (shapes, alphas, metadata), and weights."""
    unet = ["attn", "ff", "proj_in", "proj_out", "conv1", "conv2", "downsamplers", "upsamplers", "time_emb_proj", "conv_shortcut"]
    text = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]  # a text_projection is passed over by diffusers
    pipe = pipes(merges, "sd1")
    one = kohya(pipe, [("unet", "lora_unet_", unet), ("text_encoder", "lora_te_", text)])
    yield "kohya", "sd1", [(*one, {})], [0.8]
    attentions = kohya(pipe, [("unet", "lora_unet_", ["attn2"])])
    yield "two", "sd1", [(*one, {}), (*attentions, {})], [0.5, -0.7]
    yield "old", "sd1", [(*old_names(pipe), {})], [0.05]
    shapes, metadata = trained(pipes(merges, "sd1"))
    yield "trained", "sd1", [(shapes, {}, metadata)], [1.0]
    shapes, metadata = trained(pipes(merges, "sd1"), use_rslora=True)
    yield "rslora", "sd1", [(shapes, {}, metadata)], [1.0]
    shapes, metadata = trained(pipes(merges, "sd1"), use_dora=True)
    yield "dora", "sd1", [(shapes, {}, metadata)], [1.0]
    pipe = pipes(merges, "xl")
    yield "xl", "xl", [(*kohya(pipe, [
        ("unet", "lora_unet_", unet), ("text_encoder", "lora_te1_", text), ("text_encoder_2", "lora_te2_", text)]), {})], [1.0]
    yield "xl_original", "xl", [(*kohya(pipe, [
        ("unet", "lora_unet_", unet + ["conv_in", "conv_out"])], original), {})], [1.0]


@torch.no_grad()
def main(merges, out):
    scheduler = json.loads(DDIMScheduler(**DDIM).to_json_string())
    made = {"prompt": PROMPT, "steps": STEPS, "scheduler": scheduler}
    for name, base, adapters, weights in cases(merges):
        pipe = pipes(merges, base)
        pipe.set_progress_bar_config(disable=True)
        mended = 0
        for i, (shapes, alphas, metadata) in enumerate(adapters):
            with tempfile.TemporaryDirectory() as folder:
                save_file(filled(shapes, alphas), f"{folder}/lora.safetensors", metadata or None)
                pipe.load_lora_weights(folder, weight_name="lora.safetensors", adapter_name=f"a{i}")
            mended += mend(pipe, f"a{i}", shapes, alphas, original if name == "xl_original" else str)
        pipe.set_adapters([f"a{i}" for i in range(len(adapters))], weights)
        loaded = {part: sum(n.endswith("lora_A") for n, _ in getattr(pipe, part).named_modules())
                  for part in ("unet", "text_encoder", "text_encoder_2") if hasattr(pipe, part)}
        noise = torch.from_numpy(unit("noise", 4 * 8 * 12).reshape(1, 4, 8, 12)).float() * 1.7
        latents = pipe(prompt=PROMPT, num_inference_steps=STEPS, guidance_scale=4.0, output_type="latent", latents=noise,
                       height=16, width=24).images
        pipe.unload_lora_weights()
        plain = pipe(prompt=PROMPT, num_inference_steps=STEPS, guidance_scale=4.0, output_type="latent", latents=noise,
                     height=16, width=24).images
        made[name] = {"base": base, "weights": weights, "latents": summary(latents), "plain": summary(plain),
                      "adapters": [{"weights": s, "alphas": a, "metadata": m} for s, a, m in adapters]}
        print(name, loaded, mended, "mended", [len(s) for s, _, _ in adapters], latents.std().item(), (latents - plain).std().item())
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
