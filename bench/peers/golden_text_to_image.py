"""Text-to-image pipelines of diffusers and what they draw of a given noise: core/src/test/resources/latent/pipelines.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_text_to_image.py core/src/test/resources/text/tiny-merges.txt OUT.json
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler, StableDiffusionPipeline,
                       StableDiffusionXLPipeline, UNet2DConditionModel)
from formula import fill, summary, unit
from golden_text_unets import SD1, XL
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

torch.set_num_threads(1)
# diffusers asks for what transformers took out of this class; clip_skip fails without
CLIPTextModel.text_model = property(lambda self: self)
BETAS = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
CONTEXT = 16
VAE = dict(block_out_channels=(8, 16), norm_num_groups=4, layers_per_block=1, latent_channels=4, sample_size=16,
           down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
TEXT = dict(hidden_size=12, intermediate_size=20, num_hidden_layers=3, num_attention_heads=2,
            max_position_embeddings=CONTEXT, projection_dim=12)
PROMPT = "a red bed with two lamps"


def filled(net):
    fill(net)
    for key, value in net.state_dict().items():
        if value.dim() == 1 and key.endswith("weight"):
            value += 1
        if key == "conv_out.weight":
            value *= 0.1  # 20 steps of a wilder network magnify the last digits of fp32
    return net.eval()


def tokenizer(merges, pad):
    """The vocabulary of OpenAI's program made of fewer pairs."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    symbols = [chr(b) for b in plain] + [chr(0x100 + i) for i in range(256 - len(plain))]
    pairs = Path(merges).read_text().splitlines()[1:]
    names = symbols + [s + "</w>" for s in symbols] + ["".join(p.split()) for p in pairs if p.strip()]
    names += ["<|startoftext|>", "<|endoftext|>"]
    folder = Path(tempfile.mkdtemp())
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n")
    made = CLIPTokenizer.from_pretrained(folder, pad_token=pad, model_max_length=CONTEXT)
    return made, len(names)


def text_encoder(vocabulary, kind=CLIPTextModel, **change):
    settings = dict(TEXT, vocab_size=vocabulary, bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, **change)
    return filled(kind(CLIPTextConfig(**settings)))


def unet(settings, tokens):
    return filled(UNet2DConditionModel(**dict(settings, cross_attention_dim=tokens)))


def stable(merges, pad, scheduler, settings, **text):
    tok, vocabulary = tokenizer(merges, pad)
    return StableDiffusionPipeline(
        vae=filled(AutoencoderKL(**VAE)), text_encoder=text_encoder(vocabulary, **text), tokenizer=tok,
        unet=unet(settings, 12), scheduler=scheduler, safety_checker=None, feature_extractor=None,
        requires_safety_checker=False)


def xl(merges, scheduler, zeros):
    first, vocabulary = tokenizer(merges, "<|endoftext|>")
    second, _ = tokenizer(merges, "!")
    return StableDiffusionXLPipeline(
        vae=filled(AutoencoderKL(**dict(VAE, scaling_factor=0.13025, force_upcast=True))),
        text_encoder=text_encoder(vocabulary, hidden_act="quick_gelu"),
        text_encoder_2=text_encoder(vocabulary, CLIPTextModelWithProjection, hidden_size=8, projection_dim=10, hidden_act="gelu"),
        tokenizer=first, tokenizer_2=second, unet=unet(XL, 20), scheduler=scheduler, force_zeros_for_empty_prompt=zeros,
        add_watermarker=False)


def cases(merges):
    old = dict(eos_token_id=2, hidden_act="quick_gelu")
    pndm = dict(BETAS, skip_prk_steps=True, steps_offset=1, set_alpha_to_one=False)
    ddim = dict(BETAS, steps_offset=1, set_alpha_to_one=False, clip_sample=False)
    v = dict(ddim, prediction_type="v_prediction")
    end = "<|endoftext|>"
    yield "sd1", stable(merges, end, PNDMScheduler(**pndm), SD1), dict(guidance_scale=7.5)
    yield "sd1_ddim", stable(merges, end, DDIMScheduler(**dict(BETAS, set_alpha_to_one=False)), SD1), dict(
        guidance_scale=5.0, negative_prompt="a blue rug", clip_skip=1)
    yield "sd1_unguided", stable(merges, end, EulerDiscreteScheduler(**BETAS, steps_offset=1), SD1), dict(guidance_scale=1.0)
    sd2 = dict(SD1, attention_head_dim=[2, 4, 8], use_linear_projection=True)
    yield "sd2_v", stable(merges, "!", DDIMScheduler(**v), sd2, hidden_act="gelu"), dict(guidance_scale=4.0)
    euler = dict(BETAS, timestep_spacing="leading", steps_offset=1)
    yield "xl", xl(merges, EulerDiscreteScheduler(**euler), True), dict(guidance_scale=5.0)
    yield "xl_negative", xl(merges, EulerDiscreteScheduler(**euler), True), dict(guidance_scale=5.0, negative_prompt="")
    yield "xl_skip", xl(merges, EulerDiscreteScheduler(**euler), False), dict(guidance_scale=3.0, clip_skip=1)


def config(part):
    if hasattr(part, "save_pretrained") and not hasattr(part, "state_dict"):
        return json.loads(part.to_json_string())
    values = part.config.to_dict() if hasattr(part.config, "to_dict") else dict(part.config)
    made = {k: v for k, v in values.items() if k[0] != "_" and k not in ("dtype", "torch_dtype")}
    if not hasattr(part.config, "to_dict"):
        made["_class_name"] = type(part).__name__
    return made


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT, "context": CONTEXT}
    for name, pipe, arguments in cases(merges):
        pipe.set_progress_bar_config(disable=True)
        noise = torch.from_numpy(unit("noise", 2 * 4 * 8 * 12).reshape(2, 4, 8, 12)).float() * 1.7
        settings = dict(prompt=PROMPT, num_images_per_prompt=2, height=16, width=24, num_inference_steps=20, **arguments)
        latents = pipe(latents=noise, output_type="latent", **settings).images
        images = pipe.vae.decode(latents / pipe.vae.config.scaling_factor).sample
        parts = ["vae", "unet", "text_encoder"] + (["text_encoder_2"] if "xl" in name else [])
        with tempfile.TemporaryDirectory() as folder:
            pipe.save_pretrained(folder)
            index = json.loads((Path(folder) / "model_index.json").read_text())
            files = sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())
            scheduler = json.loads((Path(folder) / "scheduler/scheduler_config.json").read_text())
            configs = {p: json.loads((Path(folder) / p / "config.json").read_text()) for p in parts}
            tokens = {p: json.loads((Path(folder) / p / "tokenizer_config.json").read_text())
                      for p in ("tokenizer", "tokenizer_2") if (Path(folder) / p).is_dir()}
            from safetensors import safe_open
            weights = {}
            for p in parts:
                file = next((Path(folder) / p).glob("*.safetensors"))
                with safe_open(file, "pt") as f:
                    weights[p] = {k: list(f.get_slice(k).get_shape()) for k in f.keys()}
        made[name] = {"arguments": arguments, "index": index, "scheduler": scheduler, "configs": configs, "tokenizers": tokens,
                      "weights": weights, "latents": summary(latents), "images": summary(images),
                      "ids": pipe.tokenizer(PROMPT, padding="max_length", max_length=CONTEXT, truncation=True).input_ids}
        print(name, latents.std().item(), images.std().item(), made[name]["ids"], files if name in ("sd1", "xl") else "")
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
