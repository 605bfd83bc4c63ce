"""Kandinsky 2.1 of diffusers and what it and its parts make: core/src/test/resources/latent/kandinsky21.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_kandinsky21.py core/src/test/resources/text/tiny-merges.txt OUT.json

Noise is that of dev.calotype.tensor.Rng: decoders draw from the stream of the picture, priors from forks of it.
"""

import json
import sys
import tempfile
from pathlib import Path

import diffusers.pipelines.kandinsky.pipeline_kandinsky as decoder_module
import diffusers.pipelines.kandinsky.pipeline_kandinsky_prior as prior_module
import diffusers.schedulers.scheduling_ddpm as ddpm_module
import diffusers.schedulers.scheduling_unclip as unclip_module
import streams
import torch
from diffusers import (DDIMScheduler, DDPMScheduler, KandinskyCombinedPipeline, KandinskyPipeline, KandinskyPriorPipeline,
                       PriorTransformer, UNet2DConditionModel, VQModel)
from diffusers.pipelines.kandinsky.text_encoder import MCLIPConfig, MultilingualCLIP
from formula import summary
from golden_text_to_image import PROMPT, tokenizer
from golden_unclip import (BETAS, MOVQ, NEGATIVE, NEGATIVE_PROMPT, PRIOR, SEED, TRANSFORMER, UNET, WIDTH, filled, image_encoder, kept,
                           prior_scheduler, text_encoder, value)
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import CLIPImageProcessor, PreTrainedTokenizerFast

torch.set_num_threads(1)
WORDS = 14  # of a token of XLM-RoBERTa
SPOKEN = dict(UNET, cross_attention_dim=WIDTH, encoder_hid_dim=WORDS, encoder_hid_dim_type="text_image_proj",
              addition_embed_type="text_image")


def words():
    """A vocabulary of single letters and a few words, with the marks of XLM-RoBERTa."""
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁a", "▁red", "▁bed", "▁blue", "▁with", "▁two", "la", "mp", "rug"] + letters
    made = Tokenizer(models.Unigram([(piece, 0.0 if i < 4 else -2.0 - 0.1 * i) for i, piece in enumerate(pieces)], unk_id=3))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    folder = Path(tempfile.mkdtemp())
    made.save(str(folder / "tokenizer.json"))
    return PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), pad_token="<pad>", bos_token="<s>", eos_token="</s>",
                                   model_max_length=77), json.loads(made.to_str()), len(pieces)


def multilingual(vocabulary):
    return filled(MultilingualCLIP(MCLIPConfig(
        transformerDimSize=WORDS, imageDimSize=WIDTH, hidden_size=WORDS, intermediate_size=20, num_hidden_layers=2,
        num_attention_heads=2, vocab_size=vocabulary, max_position_embeddings=80, type_vocab_size=1, layer_norm_eps=1e-5,
        hidden_act="gelu", pad_token_id=1, bos_token_id=0, eos_token_id=2)))


def drawn(*forks, count=2):
    rows = [row if fork is None else row.fork(fork) for fork in forks for row in streams.rows(SEED, count)]
    for module in (decoder_module, prior_module, ddpm_module, unclip_module):
        module.randn_tensor = lambda shape, **_: streams.normal(rows, shape)


def front(merges):
    own, vocabulary = tokenizer(merges, "<|endoftext|>")
    return KandinskyPriorPipeline(
        prior=filled(PriorTransformer(**TRANSFORMER)), image_encoder=image_encoder(), text_encoder=text_encoder(vocabulary),
        tokenizer=own, scheduler=prior_scheduler(), image_processor=CLIPImageProcessor(size=8, crop_size=8))


@torch.no_grad()
def main(merges, out):
    before, unet, movq = front(merges), filled(UNet2DConditionModel(**SPOKEN)), filled(VQModel(**MOVQ))
    spoken, vocabulary, count = words()
    reader = multilingual(count)
    learned = DDPMScheduler(**BETAS, variance_type="learned_range", clip_sample=False, thresholding=True, sample_max_value=2.0)
    still = DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False, steps_offset=1)
    pipe = KandinskyPipeline(text_encoder=reader, tokenizer=spoken, unet=unet, scheduler=learned, movq=movq)
    decoder = kept(pipe, ("unet", "movq", "text_encoder"))
    together = KandinskyCombinedPipeline(
        text_encoder=reader, tokenizer=spoken, unet=unet, scheduler=learned, movq=movq, prior_prior=before.prior,
        prior_image_encoder=before.image_encoder, prior_text_encoder=before.text_encoder, prior_tokenizer=before.tokenizer,
        prior_scheduler=before.scheduler, prior_image_processor=before.image_processor)
    made = {"prompt": PROMPT, "negative": NEGATIVE_PROMPT, "seed": SEED, "tokenizer": vocabulary,
            "files": {"prior": kept(before, ("prior", "text_encoder", "image_encoder")), "decoder": decoder,
                      "together": {"index": kept(together, ())["index"]}}}
    vector, tokens, mask = pipe._encode_prompt(PROMPT, "cpu", 1, False)
    image, noisy = value("image", 2, WIDTH), value("x", 2, 4, 8, 12)
    told = dict(image_embeds=image, text_embeds=vector.expand(2, -1))
    made["parts"] = {
        "ids": spoken(PROMPT).input_ids, "vector": summary(vector), "tokens": summary(tokens),
        "unet": summary(unet(noisy, torch.tensor([3, 740]), tokens.expand(2, -1, -1), added_cond_kwargs=told).sample)}
    cases = {
        "plain": (learned, {}),
        "negative": (still, dict(negative_prompt=NEGATIVE_PROMPT)),
    }
    for name, (scheduler, case) in cases.items():
        negative = case.get("negative_prompt")
        drawn(*((PRIOR, NEGATIVE) if negative else (PRIOR,)))
        vectors = before(PROMPT, num_images_per_prompt=2, negative_prompt=negative, num_inference_steps=5, guidance_scale=4.0)
        drawn(None)
        pipe.scheduler = scheduler
        latents = []
        # two prompts, for two pictures of one would repeat the vectors, which are two already
        pipe([PROMPT, PROMPT], vectors.image_embeds, vectors.negative_image_embeds,
             negative_prompt=None if negative is None else [negative] * 2, height=16, width=24, num_inference_steps=6,
             guidance_scale=4.0, output_type="np", callback=lambda step, t, x: latents.append(x), callback_steps=1)
        made[name] = {**case, "prior": dict(num_inference_steps=5, guidance_scale=4.0),
                      "decoder": dict(num_inference_steps=6, guidance_scale=4.0), "scheduler": json.loads(scheduler.to_json_string()),
                      "vectors": summary(vectors.image_embeds), "unwanted": summary(vectors.negative_image_embeds),
                      "latents": summary(latents[-1]),
                      "images": summary(movq.decode(latents[-1], force_not_quantize=True).sample)}
        print(name, latents[-1].shape, latents[-1].std().item())
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'), ensure_ascii=False)}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
