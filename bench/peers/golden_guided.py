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
from diffusers import (AutoencoderKL, DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       EulerDiscreteScheduler, HeunDiscreteScheduler, LatentConsistencyModelImg2ImgPipeline,
                       LatentConsistencyModelPipeline, LCMScheduler, PNDMScheduler, StableDiffusionImg2ImgPipeline,
                       StableDiffusionInpaintPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline,
                       UNet2DConditionModel, UniPCMultistepScheduler)
from diffusers.models.autoencoders import vae as autoencoders
from formula import pixels, summary, unit
from golden_text_to_image import BETAS, PROMPT, VAE, filled, stable, unet, xl
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


SCHEDULERS = {
    "ddpm": DDPMScheduler(**BETAS),
    "ddim": DDIMScheduler(**BETAS, set_alpha_to_one=False, steps_offset=1, clip_sample=False),
    "plms": PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1, set_alpha_to_one=False),
    "dpm": DPMSolverMultistepScheduler(**BETAS, final_sigmas_type="sigma_min"),
    "sde": DPMSolverMultistepScheduler(**BETAS, algorithm_type="sde-dpmsolver++", use_karras_sigmas=True),
    "heun": HeunDiscreteScheduler(**BETAS),
    "euler": EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="leading"),
    "euler_a": EulerAncestralDiscreteScheduler(**BETAS, timestep_spacing="trailing"),
    "unipc": UniPCMultistepScheduler(**BETAS),
    "lcm": LCMScheduler(**BETAS),
}


def as_class(kind, pipe):
    parts = {k: v for k, v in pipe.components.items() if k != "image_encoder" or "XL" not in kind.__name__}
    if "XL" in kind.__name__:
        return kind(**{k: v for k, v in parts.items() if k != "feature_extractor"}, add_watermarker=False)
    return kind(**parts, requires_safety_checker=False)


def from_pictures(merges):
    """Image to image, and holes of denoisers that know of none and of those that do."""
    for name, scheduler in SCHEDULERS.items():
        steps = dict(num_inference_steps=15 if name == "dpm" else 7, guidance_scale=3.0)
        pipe = stable(merges, END, scheduler, SD1)
        yield f"image_{name}", "sd1", as_class(StableDiffusionImg2ImgPipeline, pipe), dict(steps, strength=0.6)
        yield f"hole_{name}", "sd1", as_class(StableDiffusionInpaintPipeline, pipe), dict(steps, strength=0.7)
    yield "image_all", "sd1", as_class(StableDiffusionImg2ImgPipeline, stable(merges, END, SCHEDULERS["euler"], SD1)), dict(
        num_inference_steps=4, guidance_scale=1.0, strength=1.0)
    parts = {k: v for k, v in lcm(merges).components.items()}
    yield "image_consistency", "sd1", LatentConsistencyModelImg2ImgPipeline(**parts, requires_safety_checker=False), dict(
        num_inference_steps=4, guidance_scale=8.5, strength=0.5)
    for strength in (1.0, 0.55):
        inpainting = stable(merges, END, SCHEDULERS["ddim"], dict(SD1, in_channels=9))
        yield f"hole_told_{strength}", "sd1", as_class(StableDiffusionInpaintPipeline, inpainting), dict(
            num_inference_steps=6, guidance_scale=4.0, strength=strength)
        yield f"hole_all_{strength}", "sd1", as_class(
            StableDiffusionInpaintPipeline, stable(merges, END, SCHEDULERS["euler"], SD1)), dict(
            num_inference_steps=6, guidance_scale=1.0, strength=strength)
    big = xl(merges, SCHEDULERS["euler"], True)
    yield "image_xl", "xl", as_class(StableDiffusionXLImg2ImgPipeline, big), dict(
        num_inference_steps=10, guidance_scale=5.0, strength=0.3)
    yield "hole_xl", "xl", as_class(StableDiffusionXLInpaintPipeline, big), dict(
        num_inference_steps=6, guidance_scale=5.0, strength=0.9, negative_prompt="a blue rug")
    told = xl(merges, SCHEDULERS["euler"], True)
    told.register_modules(unet=unet(dict(XL, in_channels=9), 20))
    yield "hole_xl_told", "xl", as_class(StableDiffusionXLInpaintPipeline, told), dict(
        num_inference_steps=6, guidance_scale=5.0, strength=1.0)


def given(name, pipe, arguments):
    """The picture, the hole, and the noise of both: of their latents and of the beginning."""
    if not name.startswith(("image", "hole")):
        return dict(latents=noise(), height=16, width=24)
    told = pipe.unet.config.in_channels == 9
    names = iter((["posterior"] if name.startswith("image") or not told or arguments["strength"] < 1 else []) + ["around"])
    autoencoders.randn_tensor = lambda shape, **_: tensor(next(names), *shape)
    sys.modules[type(pipe).__module__].randn_tensor = lambda shape, **_: noise()
    picture = torch.from_numpy(pixels("picture", 1, 3, 16, 24)).float() / 255
    if name.startswith("image"):
        return dict(image=picture)
    hole = torch.zeros(1, 1, 16, 24)
    hole[:, :, 4:12, 8:20] = 1
    return dict(image=picture, mask_image=hole, height=16, width=24)


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
    for name, base, pipe, arguments in [*few_steps(merges), *from_pictures(merges)]:
        pipe.set_progress_bar_config(disable=True)
        drawn_by_streams()
        calls = []
        hook = pipe.unet.register_forward_pre_hook(lambda net, args, kwargs: calls.append(args[0].shape[0]), with_kwargs=True)
        taken = inspect.signature(pipe.__call__).parameters
        settings = {k: v for k, v in arguments.items() if k in taken}
        latents = pipe(prompt=PROMPT, num_images_per_prompt=2, output_type="latent", **settings, **given(name, pipe, arguments)).images
        hook.remove()
        made[name] = {**told(base, pipe, arguments), "calls": calls, "latents": summary(latents)}
        print(name, latents.std().item(), calls)
    tiled = filled(AutoencoderKL(**VAE))  # in tiles of 8 x 8 latents
    tiled.enable_tiling()
    latents = tensor("tiles", 1, 4, 20, 13)
    made["tiles"] = {"whole": summary(filled(AutoencoderKL(**VAE)).decode(latents).sample), "tiled": summary(tiled.decode(latents).sample)}
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    print(diffusers.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
