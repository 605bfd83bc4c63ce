"""Pipelines of Stable Diffusion 3 and what they draw of a given noise: core/src/test/resources/latent/sd3.json; and T5's ids and states.

diffusers 0.42.1, transformers 5.24, tokenizers, torch 2.15.0:

    python bench/peers/golden_stable_diffusion_3.py core/src/test/resources/text/tiny-merges.txt OUT.json TINY-UNIGRAM.json
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Img2ImgPipeline,
                       StableDiffusion3Pipeline)
from formula import summary, unit, weight
from golden_text_to_image import CONTEXT, PROMPT, VAE, filled, text_encoder, tokenizer
from golden_transformers import SD3
from safetensors import safe_open
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import CLIPTextModelWithProjection, PreTrainedTokenizerFast, T5Config, T5EncoderModel

torch.set_num_threads(1)


def unigram(out):
    """A vocabulary of letters and a few pieces, in the form of T5's tokenizer.json."""
    pieces = ["<pad>", "</s>", "<unk>", "▁", "▁a", "▁red", "▁bed", "▁with", "▁two", "▁lamp", "s", "▁blue", "▁rug"]
    pieces += [chr(c) for c in range(ord("a"), ord("z") + 1) if chr(c) != "s"]
    scores = [0.0, 0.0, 0.0] + [-2.0 - 0.1 * i for i in range(len(pieces) - 3)]
    made = Tokenizer(models.Unigram(list(zip(pieces, scores)), unk_id=2, byte_fallback=False))
    made.normalizer = normalizers.Replace("  ", " ")
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    made.add_special_tokens(["<pad>", "</s>", "<unk>"])
    made.save(out)
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
                                   model_max_length=512)


def parts(merges, words, with_t5):
    first, vocabulary = tokenizer(merges, "<|endoftext|>")
    second, _ = tokenizer(merges, "!")
    t5 = T5EncoderModel(T5Config(vocab_size=len(words), d_model=20, d_kv=4, d_ff=24, num_layers=2, num_heads=3,
                                 feed_forward_proj="gated-gelu", relative_attention_num_buckets=8,
                                 relative_attention_max_distance=12))
    filled(t5)  # which has its table under two names
    with torch.no_grad():
        t5.shared.weight.copy_(torch.from_numpy(weight("shared.weight", tuple(t5.shared.weight.shape))))
    transformer = SD3Transformer2DModel(**dict(SD3, joint_attention_dim=20, pooled_projection_dim=22, pos_embed_max_size=8))
    return dict(
        transformer=filled(transformer),
        vae=filled(AutoencoderKL(**dict(VAE, scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False,
                                        use_post_quant_conv=False))),
        text_encoder=text_encoder(vocabulary, CLIPTextModelWithProjection, hidden_act="quick_gelu"),
        text_encoder_2=text_encoder(vocabulary, CLIPTextModelWithProjection, hidden_size=8, projection_dim=10, hidden_act="gelu"),
        text_encoder_3=t5 if with_t5 else None, tokenizer=first, tokenizer_2=second,
        tokenizer_3=words if with_t5 else None)


def tensor(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


def described(pipe, folder):
    pipe.save_pretrained(folder)
    folder = Path(folder)
    read = lambda name: json.loads((folder / name).read_text())
    networks = [p for p in ("vae", "transformer", "text_encoder", "text_encoder_2", "text_encoder_3") if (folder / p).is_dir()]
    weights = {}
    for p in networks:
        with safe_open(next((folder / p).glob("*.safetensors")), "pt") as f:
            weights[p] = {k: list(f.get_slice(k).get_shape()) for k in f.keys()}
    return {"index": read("model_index.json"), "scheduler": read("scheduler/scheduler_config.json"),
            "configs": {p: read(f"{p}/config.json") for p in networks}, "weights": weights,
            "tokenizers": {p: read(f"{p}/tokenizer_config.json") for p in ("tokenizer", "tokenizer_2", "tokenizer_3")
                           if (folder / p).is_dir()}}


@torch.no_grad()
def main(merges, out, words_out):
    words = unigram(words_out)
    made = {"prompt": PROMPT, "context": CONTEXT}
    cases = {
        "sd3": (True, 3.0, dict(guidance_scale=7.0, num_inference_steps=20)),
        "sd3_negative": (True, 1.0, dict(guidance_scale=4.0, num_inference_steps=6, negative_prompt="a blue rug", clip_skip=1)),
        "sd3_without_t5": (False, 3.0, dict(guidance_scale=1.0, num_inference_steps=5)),
    }
    for name, (with_t5, shift, arguments) in cases.items():
        held = parts(merges, words, with_t5)
        pipe = StableDiffusion3Pipeline(**held, scheduler=FlowMatchEulerDiscreteScheduler(shift=shift))
        pipe.set_progress_bar_config(disable=True)
        noise = tensor("noise", 2, 4, 8, 12) * 1.7
        latents = pipe(latents=noise, output_type="latent", prompt=PROMPT, num_images_per_prompt=2, height=16, width=24,
                       **arguments).images
        config = pipe.vae.config
        images = pipe.vae.decode(latents / config.scaling_factor + config.shift_factor).sample
        made[name] = {"arguments": arguments, "sigmas": pipe.scheduler.sigmas.tolist(),
                      "latents": summary(latents), "images": summary(images)}
        print(name, latents.std().item(), images.std().item(), pipe.scheduler.sigmas.tolist()[-4:])
        if name == "sd3":
            with tempfile.TemporaryDirectory() as folder:
                made[name].update(described(pipe, folder))
            ids = words([PROMPT], padding="max_length", max_length=16, return_tensors="pt").input_ids
            made["t5"] = {"ids": ids[0].tolist(), "states": summary(held["text_encoder_3"](ids)[0])}
            print(made["t5"]["ids"])
            picture = StableDiffusion3Img2ImgPipeline(**held, scheduler=FlowMatchEulerDiscreteScheduler(shift=shift))
            taken = {}
            for steps, strength in ((10, 0.55), (4, 0.5), (10, 1.0)):
                picture.scheduler.set_timesteps(steps)
                taken[f"{steps} {strength}"] = len(picture.get_timesteps(steps, strength, "cpu")[0])
            made["taken"] = taken
            print(taken)
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
