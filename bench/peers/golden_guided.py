"""What diffusers draws of given noise by few steps, from pictures and into holes: core/src/test/resources/latent/guided.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_guided.py core/src/test/resources/text/tiny-merges.txt OUT.json

The pipelines are those of golden_text_to_image.py with another scheduler or denoiser. Noise between steps is that of
dev.calotype.tensor.Rng, one stream for each picture.
"""

import inspect
import json
import sys

import diffusers
import torch
from diffusers import (DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, LatentConsistencyModelPipeline,
                       LCMScheduler, UNet2DConditionModel)
from formula import summary, unit
from golden_text_to_image import BETAS, PROMPT, filled, stable, unet, xl
from golden_text_unets import SD1, XL
from streams import normal, rows

torch.set_num_threads(1)
END = "<|endoftext|>"
SHAPE = (2, 4, 8, 12)


def tensor(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


def noise():
    return tensor("noise", *SHAPE) * 1.7


def drawn_by_streams():
    """Schedulers draw their noise as Java does."""
    streams = rows(0, 2)
    for name, module in list(sys.modules.items()):
        if name.startswith("diffusers.schedulers.") and hasattr(module, "randn_tensor"):
            module.randn_tensor = lambda shape, **_: normal(streams, shape)


def lcm(merges):
    pipe = stable(merges, END, LCMScheduler(**BETAS), dict(SD1, time_cond_proj_dim=6))
    parts = {k: v for k, v in pipe.components.items() if k != "image_encoder"}
    return LatentConsistencyModelPipeline(**parts, requires_safety_checker=False)


def few_steps(merges):
    turbo = dict(BETAS, timestep_spacing="trailing")
    yield "lcm", "sd1", lcm(merges), dict(guidance_scale=8.5, num_inference_steps=4)
    yield "lcm_once", "sd1", lcm(merges), dict(guidance_scale=3.0, num_inference_steps=1)
    yield "lcm_guided", "sd1", stable(merges, END, LCMScheduler(**BETAS, original_inference_steps=40), SD1), dict(
        guidance_scale=1.5, num_inference_steps=6, negative_prompt="a blue rug")
    yield "lcm_xl", "xl", xl(merges, LCMScheduler(**BETAS), True), dict(guidance_scale=1.0, num_inference_steps=4)
    for steps in (1, 3):
        yield f"turbo_xl_{steps}", "xl", xl(merges, EulerAncestralDiscreteScheduler(**turbo), True), dict(
            guidance_scale=0.0, num_inference_steps=steps)
    yield "turbo", "sd1", stable(merges, END, EulerDiscreteScheduler(**turbo), SD1), dict(guidance_scale=0.0, num_inference_steps=2)


def told(base, pipe, arguments):
    """What makes the pipeline of another."""
    scheduler = {"_class_name": type(pipe.scheduler).__name__,
                 **{k: v for k, v in dict(pipe.scheduler.config).items() if k[0] != "_"}}
    plain = dict(UNet2DConditionModel(**dict(XL if base == "xl" else SD1, cross_attention_dim=20 if base == "xl" else 12)).config)
    unet = {k: v for k, v in dict(pipe.unet.config).items() if k[0] != "_" and plain.get(k) != v}
    shapes = {k: list(v.shape) for k, v in pipe.unet.state_dict().items() if k in ("conv_in.weight", "time_embedding.cond_proj.weight")}
    return {"base": base, "class": type(pipe).__name__, "scheduler": scheduler, "unet": unet, "shapes": shapes, "arguments": arguments}


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT}
    for name, base, pipe, arguments in few_steps(merges):
        pipe.set_progress_bar_config(disable=True)
        drawn_by_streams()
        calls = []
        pipe.unet.register_forward_pre_hook(lambda net, args, kwargs: calls.append(args[0].shape[0]), with_kwargs=True)
        taken = inspect.signature(pipe.__call__).parameters
        settings = {k: v for k, v in arguments.items() if k in taken}
        latents = pipe(prompt=PROMPT, num_images_per_prompt=2, height=16, width=24, latents=noise(), output_type="latent", **settings).images
        made[name] = {**told(base, pipe, arguments), "calls": calls, "latents": summary(latents)}
        print(name, latents.std().item(), calls)
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    print(diffusers.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
