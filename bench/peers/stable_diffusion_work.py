"""Stable Diffusion 1.5 in its real shapes with random weights, and what diffusers takes to draw with it.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/stable_diffusion_work.py make FOLDER     # 2 GB
    python bench/peers/stable_diffusion_work.py draw FOLDER     # 3 steps of DDIM at 512 px, guided, in bf16, channels-last
    python bench/peers/stable_diffusion_work.py tune FOLDER     # 20 steps of LoRA of rank 8 at 256 px as diffusers' script trains, peft 0.21.2
"""

import resource
import sys
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel


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


def draw(folder):
    torch.set_num_threads(2)
    begun = time.time()
    pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.bfloat16)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.unet.to(memory_format=torch.channels_last)
    pipe.set_progress_bar_config(disable=True)
    forward, seconds = pipe.unet.forward, []

    def timed(*arguments, **named):
        start = time.time()
        answer = forward(*arguments, **named)
        seconds.append(round(time.time() - start, 2))
        return answer

    pipe.unet.forward = timed
    pipe("a red bed", num_inference_steps=3, height=512, width=512)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.time() - begun:.1f} s after the imports, evaluations {seconds} s, peak {peak:.0f} MB")


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
    {"make": make, "draw": draw, "tune": tune}[sys.argv[1]](sys.argv[2])
