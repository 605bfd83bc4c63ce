"""Stable Diffusion 1.5 in its real shapes with random weights, and what diffusers takes to draw with it.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/stable_diffusion_work.py make FOLDER         # 2 GB
    python bench/peers/stable_diffusion_work.py draw FOLDER STEPS NOISE OUT.png [float32]     # DDIM, guided, of a given noise; OUT.safetensors are its latents
    python bench/peers/stable_diffusion_work.py apart OURS.png OUT.png              # or two files of latents
    python bench/peers/stable_diffusion_work.py evaluate FOLDER FILE [compile]      # the denoiser, a batch of 2, for 512 px
    python bench/peers/stable_diffusion_work.py decode FOLDER PIXELS [compile]      # latents to a picture
    python bench/peers/stable_diffusion_work.py tune FOLDER         # 20 steps of LoRA of rank 8 at 256 px as diffusers' script trains, peft 0.21.2

In bf16, channels-last, with two threads. What `NOISE` is and what ours does: bench/src/main/java/dev/calotype/bench/StableDiffusion.java.
"""

import os
import resource
import sys
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file


def make(folder):
    from golden_text_to_image import BETAS, tokenizer
    from transformers import CLIPTextConfig, CLIPTextModel

    words, _ = tokenizer(Path(__file__).parents[2] / "core/src/test/resources/text/tiny-merges.txt", "<|endoftext|>")
    words.model_max_length = 77
    text = CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12,
                                        num_attention_heads=12, max_position_embeddings=77, eos_token_id=2))
    unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
    vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=512,
                        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
    StableDiffusionPipeline(vae=vae.half(), text_encoder=text.half(), tokenizer=words, unet=unet.half(),
                            scheduler=PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1), safety_checker=None,
                            feature_extractor=None, requires_safety_checker=False).save_pretrained(folder)


def peak():
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6:.0f} MB"


def since_start():
    """Seconds since this process was started."""
    with open("/proc/self/stat") as stat, open("/proc/uptime") as uptime:
        began = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
        return round(float(uptime.read().split()[0]) - began, 2)


def draw(folder, steps, noise, out, precision="bfloat16"):
    torch.set_num_threads(2)
    dtype = getattr(torch, precision)
    pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=dtype)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config, clip_sample=False)  # as its pipelines do
    pipe.unet.to(memory_format=torch.channels_last)
    pipe.vae.to(memory_format=torch.channels_last)
    pipe.set_progress_bar_config(disable=True)
    forward, times = pipe.unet.forward, []

    def timed(*arguments, **named):
        times.append(since_start())
        answer = forward(*arguments, **named)
        times.append(since_start())
        return answer

    def keep(pipe, step, time, named):
        last["latents"] = named["latents"].float().contiguous()
        return {}

    pipe.unet.forward = timed
    latents, last = load_file(noise)["noise"].to(dtype), {}
    pipe("a red bed", num_inference_steps=int(steps), height=8 * latents.shape[2], width=8 * latents.shape[3], latents=latents,
         callback_on_step_end=keep).images[0].save(out)
    save_file(last, Path(out).with_suffix(".safetensors"))
    print("since the start of the process, each evaluation's begin and end:", times)
    print(f"all: {since_start()} s")
    print(peak())


def apart(ours, theirs):
    import numpy as np
    from PIL import Image

    def values(file):
        if file.endswith(".safetensors"):
            return load_file(file)["latents"].double()
        return torch.from_numpy(np.array(Image.open(file).convert("RGB"))).double() / 127.5 - 1

    a, b = values(ours), values(theirs)
    print(f"difference {((a - b).norm() / b.norm()).item():.2g} of the norm, deviation of the values {b.std().item():.2g}")


@torch.no_grad()
def timed(network, mode, *inputs):
    """The answer, after the seconds of five calls, after one that does not count."""
    called = torch.compile(network) if mode == "compile" else network
    begun = time.time()
    answer = called(*inputs)
    print(f"the first call took {time.time() - begun:.1f} s")
    seconds = []
    for _ in range(5):
        begun = time.time()
        called(*inputs)
        seconds.append(round(time.time() - begun, 3))
    print(f"{mode}: seconds {seconds}")
    print(peak())
    return answer


def evaluate(folder, file, mode="eager"):
    torch.set_num_threads(2)
    torch.manual_seed(5)
    x, tokens = torch.randn(2, 4, 64, 64), torch.randn(2, 77, 768)
    network = UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=torch.bfloat16).eval()
    network.to(memory_format=torch.channels_last)

    def answered(x, tokens):
        return network(x, torch.tensor([500, 500]), tokens).sample

    out = timed(answered, mode, x.bfloat16().to(memory_format=torch.channels_last), tokens.bfloat16())
    save_file({"x": x, "tokens": tokens, "out": out.float().contiguous()}, file)


def decode(folder, pixels, mode="eager"):
    torch.set_num_threads(2)
    network = AutoencoderKL.from_pretrained(folder, subfolder="vae", torch_dtype=torch.bfloat16).eval()
    network.to(memory_format=torch.channels_last)
    latents = torch.randn(1, 4, int(pixels) // 8, int(pixels) // 8).bfloat16().to(memory_format=torch.channels_last)
    timed(lambda z: network.decode(z).sample, mode, latents)


def tune(folder):
    """As train_text_to_image_lora.py with mixed_precision bf16, but latents and texts are given."""
    from diffusers import DDPMScheduler
    from diffusers.training_utils import cast_training_params
    from peft import LoraConfig

    torch.set_num_threads(2)
    unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=torch.bfloat16)
    unet.requires_grad_(False)
    unet.to(memory_format=torch.channels_last)
    unet.add_adapter(LoraConfig(r=8, lora_alpha=8, init_lora_weights="gaussian",
                                target_modules=["to_k", "to_q", "to_v", "to_out.0"]))
    cast_training_params(unet, dtype=torch.float32)
    learned = [p for p in unet.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=1e-4)
    process = DDPMScheduler.from_pretrained(folder, subfolder="scheduler")
    latents, tokens, seconds = torch.randn(1, 4, 32, 32), torch.randn(1, 77, 768, dtype=torch.bfloat16), []
    unet.train()
    for _ in range(20):
        start = time.time()
        noise, times = torch.randn_like(latents), torch.randint(0, 1000, (1,))
        noisy = process.add_noise(latents, noise, times)
        with torch.autocast("cpu", torch.bfloat16):
            predicted = unet(noisy, times, tokens).sample
        loss = torch.nn.functional.mse_loss(predicted.float(), noise)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    last = sorted(seconds[10:])
    print(f"steps 11 to 20: mean {sum(last) / 10:.3f} s, median {last[5]:.3f} s, fastest {last[0]:.3f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    works = {"make": make, "draw": draw, "apart": apart, "evaluate": evaluate, "decode": decode, "tune": tune}
    works[sys.argv[1]](*sys.argv[2:])
